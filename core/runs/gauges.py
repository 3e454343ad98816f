"""What the database knows of the work, for Prometheus; the same whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.clock import Clock
from core.db import Database, Row, Statement
from core.portals.lane import Lanes
from core.runs.health import Health, health

#: Buckets are asked for one by one, so only of so many portals.
MOST_PORTALS: Final = 200

_RUNS: Final = """
SELECT robot, CASE WHEN result = '' THEN status ELSE result END AS result, COUNT(*) AS n FROM run GROUP BY 1, 2
"""
_EFFECTS: Final = "SELECT kind, COUNT(*) AS n FROM effect WHERE state = 'unknown' GROUP BY kind"
_PORTALS: Final = "SELECT status, COUNT(*) AS n FROM portal GROUP BY status"
_REPLIES: Final = "SELECT COUNT(*) AS n FROM reply WHERE state = 'due'"
_ACTIVE: Final = "SELECT id FROM portal WHERE status = 'active' ORDER BY id LIMIT :most"


@dataclass(frozen=True, slots=True, eq=False)
class Gauges:
    """A collector over what was read a moment ago."""

    health: Health
    runs: list[Row]
    effects: list[Row]
    portals: list[Row]
    replies: int
    fill: dict[str, float]

    def collect(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("dezhurny_runs", "Runs in the log.", labels=("robot", "result"))
        _add(runs, self.runs, "robot", "result")
        yield runs
        doubts = GaugeMetricFamily("dezhurny_effects_in_doubt", "What may have been done.", labels=("kind",))
        _add(doubts, self.effects, "kind")
        yield doubts
        portals = GaugeMetricFamily("dezhurny_portals", "Portals by status.", labels=("status",))
        _add(portals, self.portals, "status")
        yield portals
        level = GaugeMetricFamily("dezhurny_portal_bucket_level", "From 0 to 1.", labels=("portal",))
        for portal_id, fill in self.fill.items():
            level.add_metric([portal_id], fill)
        yield level
        silent = self.health.worker_silent_for
        yield GaugeMetricFamily("dezhurny_due_runs", "Runs that are overdue.", value=self.health.overdue)
        late = self.health.oldest_late_by.total_seconds()
        yield GaugeMetricFamily("dezhurny_oldest_due_seconds", "How late the latest is.", value=late)
        yield GaugeMetricFamily("dezhurny_answers_owed", "Answers that processes wait for.", value=self.replies)
        seen = silent.total_seconds() if silent is not None else float("nan")
        yield GaugeMetricFamily("dezhurny_worker_silent_seconds", "Since a worker was last seen.", value=seen)


async def gauges(database: Database, lanes: Lanes, clock: Clock) -> Gauges:
    """Ask the database; raises DatabaseAway."""
    found = await health(database, clock)
    runs, effects, portals, [owed], active = await database.read(
        Statement(_RUNS),
        Statement(_EFFECTS),
        Statement(_PORTALS),
        Statement(_REPLIES),
        Statement(_ACTIVE, {"most": MOST_PORTALS}),
    )
    fill = {str(row["id"]): (await lanes.load(str(row["id"]), "")).fill for row in active}
    return Gauges(found, runs, effects, portals, int(owed["n"] or 0), fill)


def _add(family: CounterMetricFamily | GaugeMetricFamily, rows: Iterable[Row], *labels: str) -> None:
    for row in rows:
        family.add_metric([str(row[label]) for label in labels], float(row["n"] or 0))
