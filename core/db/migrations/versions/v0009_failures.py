"""Runs that failed are found by when they did."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_FAILED = sa.text("status IN ('failed', 'quarantined', 'rejected')")


def upgrade() -> None:
    op.create_index(
        "ix_run_failed", "run", ["portal_id", "finished_at"], sqlite_where=_FAILED, postgresql_where=_FAILED
    )


def downgrade() -> None:
    op.drop_index("ix_run_failed", "run")
