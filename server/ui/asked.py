"""The filter of a list as it stands in the address, and the runs that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from core.db import Database
from core.runs.causes import causes
from core.runs.cursor import ASLEEP
from core.runs.filters import Filter
from core.runs.listing import TROUBLED
from core.texts.text import Text
from server.ui.queries import Query, bad_request
from server.ui.reader import Reader
from server.ui.search import Search, Term, without

_DAY: Final = timedelta(hours=24)
PERIODS: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "24h": _DAY,
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
#: A view is a filter with a name; its name stands in the address.
VIEWS: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ASLEEP,
    "troubled": TROUBLED,
    "causes": TROUBLED,
    "undecided": ("unknown", "held"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that narrows a list; ``cause`` is the fingerprint of an error."""

    q: str = ""
    status: str = ""
    robot: str = ""
    view: str = ""
    period: str = ""
    cause: str = ""

    @classmethod
    def of(cls, query: Query) -> Asked:
        view, period = query.text("view", 20), query.text("period", 5)
        if (view and view not in VIEWS) or (period and period not in PERIODS):
            raise bad_request()
        return cls(query.text("q"), query.status(), query.robot(), view, period, query.cause())

    @classmethod
    def read(cls, address: str) -> Asked:
        """Read the part of an address after the question mark, as a button sends it; raises Bad 400."""
        if len(address) > 2000:
            raise bad_request()
        return cls.of(Query(parse_qsl(address, keep_blank_values=True)))

    def address(self, **more: str) -> str:
        """The part of the address after the question mark, without empty parameters."""
        fields = {
            "q": self.q,
            "status": self.status,
            "robot": self.robot,
            "view": self.view,
            "period": self.period,
            "cause": self.cause,
        } | more
        return urlencode({name: value for name, value in fields.items() if value})

    def without(self, term: Term) -> Asked:
        return replace(self, q=without(self.q, term))

    def timeless(self, search: Search) -> Asked:
        """The same filter without the moments that it names."""
        q = self.q
        for term in reversed(list(search.terms(q))):
            if term.wants.since is not None or term.wants.until is not None:
                q = without(q, term)
        return replace(self, q=q, period="")

    def within(self, since: datetime, until: datetime, zone: ZoneInfo) -> Asked:
        """A filter without moments narrowed to those between two."""
        after, before = (f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for at in (since, until))
        return replace(self, q=f"{self.q} after:{after} before:{before}".strip())

    def __bool__(self) -> bool:
        return self != Asked()


def asked_filter(asked: Asked, names: Mapping[str, Text], reader: Reader) -> Filter:
    """Join what was typed with what was chosen; a cause is found by `wanted_runs` only."""
    wanted = Search(names, reader.zone).read(asked.q)
    if asked.robot:
        wanted = replace(wanted, robots=(asked.robot,))
    if asked.status:
        wanted = replace(wanted, statuses=(asked.status,))
    elif asked.view:
        wanted = replace(wanted, statuses=VIEWS[asked.view])
    since = [wanted.since] if wanted.since else []
    if asked.view == "troubled":
        since.append(reader.now - _DAY)
    if asked.period:
        since.append(reader.now - PERIODS[asked.period])
    return replace(wanted, since=max(since, default=None))


async def wanted_runs(
    asked: Asked, names: Mapping[str, Text], reader: Reader, *, portal_id: str, database: Database
) -> Filter:
    """Return the filter; of a cause, the runs that have it now."""
    wanted = asked_filter(asked, names, reader)
    if not asked.cause:
        return wanted
    found = await causes(database, portal_id, wanted)
    ids = next((cause.run_ids for cause in found if cause.id == asked.cause), ())
    return replace(wanted, ids=ids)
