"""A robot's own mistakes are counted apart from what the portal made us wait."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # The release before this one goes on writing runs without it.
    op.add_column("run", sa.Column("mistakes", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_column("mistakes")
