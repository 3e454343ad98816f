"""Charts as places and sizes."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.runs.figures import Count
from server.ui.charts import DAYS_HEIGHT, buckets_of, days_of, middle_of, week_of
from server.ui.statistics import totals_of
from tests.core.runs.rows import NOON

MOSCOW, KATHMANDU = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Kathmandu")


def test_days_are_those_of_the_reader() -> None:
    late = NOON.replace(hour=21, minute=15)
    counts = [Count(NOON, "done", 3), Count(NOON, "failed", 1), Count(late, "done", 2)]
    days = days_of(counts, NOON - timedelta(days=1), NOON + timedelta(days=1), MOSCOW)
    assert [(day.day, day.total) for day in days] == [
        (date(2026, 11, 22), 0),
        (date(2026, 11, 23), 4),
        (date(2026, 11, 24), 2),
    ]
    assert days[1].since == NOON.replace(hour=0) - timedelta(hours=3)
    assert days[1].until - days[1].since == timedelta(days=1)


def test_statuses_are_stacked_with_trouble_on_top() -> None:
    counts = [Count(NOON, "failed", 1), Count(NOON, "done", 3), Count(NOON, "levitating", 1)]
    [day] = days_of(counts, NOON, NOON + timedelta(minutes=1), MOSCOW)
    assert [part.status for part in day.parts] == ["done", "failed", "levitating"]
    assert day.parts[0].y + day.parts[0].height == DAYS_HEIGHT
    assert day.parts[-1].y == 8
    assert (day.x, day.width) == (12, 76)


def test_the_week_counts_local_hours() -> None:
    counts = [Count(NOON.replace(hour=18, minute=15), "done", 8), Count(NOON, "done", 1)]
    warm = {(cell.weekday, cell.hour): (cell.count, cell.warmth) for cell in week_of(counts, KATHMANDU) if cell.count}
    assert warm == {(1, 0): (8, 4), (0, 14): (1, 1)}
    assert len(week_of([], MOSCOW)) == 168
    assert all(cell.warmth == 0 for cell in week_of([], MOSCOW))


def test_answers_by_how_long_they_took() -> None:
    buckets = buckets_of({0: 1, 5: 2, 6: 1, 240: 1, 241: 3})
    assert [(bucket.lower, bucket.upper, bucket.count) for bucket in buckets] == [
        (0, 5, 3),
        (5, 15, 1),
        (15, 30, 0),
        (30, 60, 0),
        (60, 120, 0),
        (120, 240, 1),
        (240, None, 3),
    ]
    assert sum(bucket.share for bucket in buckets) == 1
    assert all(bucket.count == 0 for bucket in buckets_of({}))


def test_the_middle_of_numbers() -> None:
    assert middle_of({5: 2, 90: 1}) == 5
    assert middle_of({5: 1, 90: 2}) == 90
    assert middle_of({}) is None


def test_success_is_of_those_that_ended() -> None:
    totals = totals_of([Count(NOON, "done", 8), Count(NOON, "failed", 2), Count(NOON, "waiting", 5)])
    assert (totals.runs, totals.ended, totals.troubled, totals.success) == (15, 10, 2, 0.8)
    assert totals_of([]).success is None
