"""What happens one time only in a portal."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "effect_once",
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("effect_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("portal_id", "key"),
    )


def downgrade() -> None:
    op.drop_table("effect_once")
