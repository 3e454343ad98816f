"""Dialogs that nobody sees are looked for, portal by portal."""

import sqlalchemy as sa
from alembic import op

import core.db.types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "lookout",
        sa.Column("portal_id", sa.String(), nullable=False),
        sa.Column("due_at", core.db.types.UTCDateTime(), nullable=False),
        sa.Column("looked_at", core.db.types.UTCDateTime(), nullable=False),
        sa.Column("after_activity_id", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", core.db.types.UTCDateTime(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portal.id"]),
        sa.PrimaryKeyConstraint("portal_id"),
    )


def downgrade() -> None:
    op.drop_table("lookout")
