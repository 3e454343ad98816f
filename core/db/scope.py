"""Whose rows the code at hand may see: all of them, or those of one portal.

What answers a person is confined to the portal of that person for the rest of the request; PostgreSQL then holds it
there by itself (see `core.db.walls`). Workers, and what portals call, are not confined.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_portal: ContextVar[str | None] = ContextVar("portal", default=None)

#: What tells the policies of the walls whose rows are asked for; the role is set in the same breath.
CONFINE: Final = "SELECT set_config('role', 'dezhurny_people', true), set_config('dezhurny.portal_id', {portal}, true)"
#: In a transaction that serves others, too: what comes next is not confined any more.
FREE: Final = "SELECT set_config('role', 'none', true), set_config('dezhurny.portal_id', '', true)"


@contextmanager
def own_scope() -> Iterator[None]:
    """Begin unconfined, and leave what was before as it was: a request is such a block.

    A request that came in the same breath as another begins in the midst of it, and must see nothing of its bounds.
    """
    before = _portal.set(None)
    try:
        yield
    finally:
        _portal.reset(before)


def confine(portal_id: str) -> None:
    """See one portal only, until the scope ends."""
    _portal.set(portal_id)


def confined_to() -> str | None:
    return _portal.get()
