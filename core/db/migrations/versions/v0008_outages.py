"""When the service did not work, and what became of the waits that came due meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_OPEN = sa.text("told_at IS NULL")


def upgrade() -> None:
    # The release before this one goes on writing runs without it: of its waits none counts as late.
    op.add_column("run", sa.Column("timer_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outage_portal", "outage", ["portal_id", "began_at"])
    op.create_index("ix_outage_open", "outage", ["portal_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "late_wait",
        sa.Column("outage_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("outage_id", "run_id"),
    )
    op.create_index("ix_late_wait_run", "late_wait", ["run_id"])


def downgrade() -> None:
    op.drop_table("late_wait")
    op.drop_table("outage")
    op.drop_table("pulse")
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_column("timer_at")
