"""The picture over the list: where things lie, and what a dot says."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.runs.filters import Filter
from core.runs.picture import LANES, Cell
from server.ui.plot import plot_of, window_of
from server.ui.reader import Reader
from tests.core.runs.rows import NOON

READER = Reader("ru", ZoneInfo("Europe/Moscow"), NOON)
DAY = timedelta(days=1)


def test_the_last_day_and_a_bit_of_the_future() -> None:
    window = window_of(Filter(), NOON)
    assert (window.since, window.step) == (NOON - DAY, timedelta(minutes=15))
    assert window.until == NOON + timedelta(hours=4)
    assert window.place(NOON) == pytest.approx(85.71, abs=0.01)


@pytest.mark.parametrize(
    ("wanted", "length", "step"),
    [
        (Filter(since=NOON - timedelta(hours=1)), timedelta(minutes=70), timedelta(minutes=1)),
        (Filter(since=NOON - 7 * DAY), timedelta(hours=196), timedelta(hours=2)),
        (Filter(since=NOON - 30 * DAY), 35 * DAY, timedelta(hours=8)),
        (Filter(since=NOON - DAY, until=NOON - DAY / 2), timedelta(hours=12), timedelta(minutes=10)),
        (Filter(until=NOON - DAY), DAY, timedelta(minutes=15)),
        (Filter(since=NOON + DAY), timedelta(hours=28), timedelta(minutes=15)),
    ],
)
def test_the_stretch_that_a_filter_asks_for(wanted: Filter, length: timedelta, step: timedelta) -> None:
    window = window_of(wanted, NOON)
    assert window.step == step
    assert abs(window.until - window.since - length) <= step
    assert window.columns <= 113


def test_years_are_drawn_too() -> None:
    window = window_of(Filter(since=NOON - 3000 * DAY), NOON)
    assert window.columns <= 114
    assert plot_of(window, [], [], READER).ticks


def test_dots_lie_where_their_cells_are() -> None:
    window = window_of(Filter(), NOON)
    cells = [Cell(0, 0, "done", 1, "a"), Cell(95, len(LANES), "failed", 8, "b"), Cell(95, 3, "waiting", 1, "c")]
    plot = plot_of(window, cells, [Cell(97, 0, "waiting", 2, "d")], READER)
    by_tone = {(dot.tone, dot.shape): dot for dot in plot.dots}
    done, failed = by_tone["green", "over"], by_tone["red", "bad"]
    assert done.x == pytest.approx(0.45, abs=0.01)
    assert done.run_id == "a"
    assert failed.y < by_tone["amber", "open"].y < done.y
    assert (failed.run_id, failed.since) == ("", NOON - timedelta(minutes=15))
    assert failed.radius > done.radius
    assert by_tone["amber", "ahead"].since == NOON + timedelta(minutes=15)
    assert failed.title.ru == "11:45 · 8 запусков · Ошибка · дольше недели"
    assert done.title.ru == "22 нояб., 12:00 · 1 запуск · Успешно · до 1 с"
    assert plot.summary.ru == "С 22 нояб., 12:00 до 12:00: 10 запусков, с ошибкой 8."


def test_what_ended_badly_is_drawn_over_the_rest() -> None:
    window = window_of(Filter(), NOON)
    cells = [Cell(1, 1, "failed", 1, "a"), Cell(1, 1, "done", 50, "b"), Cell(1, 1, "skipped", 2, "c")]
    assert [dot.tone for dot in plot_of(window, cells, [], READER).dots] == ["green", "grey", "red"]


def test_marks_are_hours_or_days_of_the_reader() -> None:
    labels = [tick.label for tick in plot_of(window_of(Filter(), NOON), [], [], READER).ticks]
    assert labels == ["16:00", "20:00", "23 нояб.", "04:00", "08:00", "12:00"]
    week = [tick.label for tick in plot_of(window_of(Filter(since=NOON - 7 * DAY), NOON), [], [], READER).ticks]
    assert week == [f"{day} нояб." for day in range(17, 25)]


def test_the_present_is_marked_where_it_is_in_sight() -> None:
    assert plot_of(window_of(Filter(), NOON), [], [], READER).now_x == pytest.approx(85.71, abs=0.01)
    past = window_of(Filter(since=NOON - 3 * DAY, until=NOON - DAY), NOON)
    assert plot_of(past, [], [], READER).now_x is None
    assert plot_of(past, [], [], READER).offset_minutes == 180


def test_many_dots_are_drawn_coarser_and_none_is_lost() -> None:
    window = window_of(Filter(), NOON)
    cells = [
        Cell(column, lane, status, 2, f"{column:03}")
        for column in range(window.columns)
        for lane in range(len(LANES))
        for status in ("done", "failed")
    ]
    plot = plot_of(window, cells, [], READER)
    assert 200 <= len(plot.dots) <= 480
    assert (
        plot.summary
        == plot_of(
            window, [Cell(0, 0, "done", len(cells), "a"), Cell(0, 0, "failed", len(cells), "b")], [], READER
        ).summary
    )
    assert (plot.window.since, plot.window.step) == (window.since, window.step * 8)
    assert {dot.until - dot.since for dot in plot.dots} == {window.step * 8}
