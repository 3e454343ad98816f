"""Where Alembic meets our tables; the connection is given by ``core.db.migrate``."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

#: A migration outlives our own column types, so it names what the database knows.
_PLAIN = {"AutoString": "sa.String()", "UTCDateTime": "sa.BigInteger()", "JsonText": "sa.Text()"}


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ARG001
    return _PLAIN.get(type(item).__name__, False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
