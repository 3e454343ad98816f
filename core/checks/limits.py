"""How near a portal came to its limits, by the requests that we made: its bucket, and seconds on account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from core.bitrix24.limits import ENTERPRISE, STANDARD, LaneRate
from core.db import Database
from core.portals.load import ACCOUNT_SECONDS, MOST_OPERATING
from core.portals.rates import Rates
from core.runs.tables import RestCallRow

#: What the portal itself allows at once; ours is less, because other applications share it (decisions.md 14).
PORTAL_BURST: Final[Mapping[int, int]] = {STANDARD.burst: 50, ENTERPRISE.burst: 250}
_MOST_CALLS: Final = 50_000
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest the bucket stood, and when; ``limit`` is the portal's own."""

    level: int
    limit: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Busy:
    """The method with the most seconds on account in the last ten minutes; ``share`` of 1 is where it rests."""

    method: str
    share: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was asked of a portal within a day; ``by_hour`` counts requests, the last hour last."""

    requests: int
    failed: int
    last_at: datetime | None
    peak: Peak
    busy: Busy | None
    by_hour: tuple[int, ...]


async def traffic(database: Database, portal_id: str, license: str, now: datetime) -> Traffic:
    """Read a day of the call log; a request shared by several runs has a row for each of them and counts once."""
    query = (
        select(
            col(RestCallRow.at),
            col(RestCallRow.milliseconds),
            col(RestCallRow.error),
            col(RestCallRow.method),
            col(RestCallRow.operating),
        )
        .where(col(RestCallRow.portal_id) == portal_id, col(RestCallRow.at) > now - _DAY)
        .order_by(col(RestCallRow.at).desc())
        .limit(_MOST_CALLS)
    )
    async with database.session() as session:
        rows = (await (await session.connection()).execute(query)).all()[::-1]
    requests = {(at, ms): error for at, ms, error, _, _ in rows}
    moments = [at for at, _ in requests]
    since = now - timedelta(seconds=ACCOUNT_SECONDS)
    return Traffic(
        requests=len(requests),
        failed=sum(bool(error) for error in requests.values()),
        last_at=moments[-1] if moments else None,
        peak=peak_of(moments, _rate_of(license)),
        busy=busiest((method, operating) for at, _, _, method, operating in rows if at > since),
        by_hour=_by_hour(moments, now),
    )


def peak_of(moments: Sequence[datetime], rate: LaneRate) -> Peak:
    """Fill a bucket with requests at these moments, in their order, and say how high it ever stood."""
    level, highest, when, before = 0.0, 0.0, None, None
    for at in moments:
        if before is not None:
            level = max(0.0, level - (at - before).total_seconds() * rate.per_second)
        level, before = level + 1, at
        if level > highest:
            highest, when = level, at
    return Peak(round(highest), PORTAL_BURST[rate.burst], when)


def busiest(told: Iterable[tuple[str, float]]) -> Busy | None:
    """Return the method with the highest account; each request tells what stands on it by then."""
    highest: dict[str, float] = {}
    for method, seconds in told:
        highest[method] = max(highest.get(method, 0.0), seconds)
    if not highest or not max(highest.values()):
        return None
    method = max(highest, key=lambda name: highest[name])
    return Busy(method, highest[method] / MOST_OPERATING)


def _rate_of(license: str) -> LaneRate:
    rates = Rates()
    rates.note("it", license)
    return rates("it")


def _by_hour(moments: Sequence[datetime], now: datetime) -> tuple[int, ...]:
    counts = [0] * 24
    for at in moments:
        ago = int((now - at) / timedelta(hours=1))
        if 0 <= ago < 24:
            counts[23 - ago] += 1
    return tuple(counts)
