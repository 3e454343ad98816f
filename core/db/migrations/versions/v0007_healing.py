"""Processes that wait in vain are looked for: those whose call was lost, and those that did not hear our answer."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_LOOKED_FOR = sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "healing",
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("learned_to", sa.BigInteger(), nullable=False),
        sa.Column("compared_to", sa.BigInteger(), nullable=False),
        sa.Column("blind", sa.String(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("portal_id"),
    )
    op.create_table(
        "template_habit",
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("robots", sa.Text(), nullable=False),
        sa.Column("processes", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("slowest", sa.Integer(), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("properties_hash", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("portal_id", "template_id"),
    )
    op.create_table(
        "lost_launch",
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("portal_id", "workflow_id"),
    )
    # The release before this one goes on writing answers without them.
    op.add_column("reply", sa.Column("first_sent_at", sa.BigInteger(), nullable=True))
    op.add_column("reply", sa.Column("look_at", sa.BigInteger(), nullable=True))
    op.add_column("reply", sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_reply_look", "reply", ["portal_id", "look_at"], sqlite_where=_LOOKED_FOR, postgresql_where=_LOOKED_FOR
    )


def downgrade() -> None:
    op.drop_index("ix_reply_look", table_name="reply")
    with op.batch_alter_table("reply") as batch_op:
        batch_op.drop_column("repeats")
        batch_op.drop_column("look_at")
        batch_op.drop_column("first_sent_at")
    op.drop_table("lost_launch")
    op.drop_table("template_habit")
    op.drop_table("healing")
