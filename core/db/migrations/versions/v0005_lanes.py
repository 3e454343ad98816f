"""What is due is taken lane by lane."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_DUE = sa.text("wake_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_run_lane", "run", ["portal_id", "wake_at"], sqlite_where=_DUE, postgresql_where=_DUE)


def downgrade() -> None:
    op.drop_index("ix_run_lane", table_name="run")
