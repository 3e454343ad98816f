"""How each robot did lately: its runs by day, how many failed, how many wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.db import Database, Statement, Value, to_millis
from core.runs.cursor import ASLEEP
from core.runs.listing import TROUBLED

DAYS: Final = 7

_BY_DAY: Final = """
SELECT robot, CAST((created_at - :since) / 86400000 AS INTEGER) AS day, count(*) AS number,
    sum(CASE WHEN status IN ({troubled}) THEN 1 ELSE 0 END) AS failed
FROM run WHERE portal_id = :portal_id AND created_at >= :since
GROUP BY 1, 2
"""
_ASLEEP: Final = """
SELECT robot, count(*) AS number FROM run
WHERE portal_id = :portal_id AND wake_at IS NOT NULL AND status IN ({asleep}) GROUP BY robot
"""


@dataclass(frozen=True, slots=True)
class Week:
    """``days`` are the numbers of runs, the oldest day first and today last."""

    days: tuple[int, ...] = (0,) * DAYS
    failed: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return sum(self.days)

    @property
    def failed_percent(self) -> float:
        return 100 * self.failed / self.total if self.total else 0.0


async def weeks(database: Database, portal_id: str, *, zone: ZoneInfo, now: datetime) -> Mapping[str, Week]:
    """Return the last seven days of each robot that ran in them or waits now, by its code."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(today - timedelta(days=DAYS - 1))}
    by_day, asleep = await database.read(
        Statement(_spelled(_BY_DAY, troubled=TROUBLED), params),
        Statement(_spelled(_ASLEEP, asleep=ASLEEP), {"portal_id": portal_id}),
    )
    days: dict[str, list[int]] = {}
    failed: dict[str, int] = {}
    for row in by_day:
        robot = str(row["robot"])
        numbers = days.setdefault(robot, [0] * DAYS)
        numbers[min(int(row["day"] or 0), DAYS - 1)] += int(row["number"] or 0)
        failed[robot] = failed.get(robot, 0) + int(row["failed"] or 0)
    waiting = {str(row["robot"]): int(row["number"] or 0) for row in asleep}
    return {
        robot: Week(tuple(days.get(robot, [0] * DAYS)), failed.get(robot, 0), waiting.get(robot, 0))
        for robot in days.keys() | waiting.keys()
    }


def _spelled(sql: str, **words: tuple[str, ...]) -> str:
    """Constants of ours stand in the statement itself."""
    return sql.format(**{name: ", ".join(f"'{word}'" for word in some) for name, some in words.items()})
