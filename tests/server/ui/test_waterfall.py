"""The waterfall: bars where things were, sleeps folded or as long as they lasted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.runs.listing import RunCard, RunLine
from core.runs.tables import EffectRow, RestCallRow, Run, RunEvent
from core.texts.text import Text
from server.ui.waterfall import Strip, Zoom, waterfall
from tests.core.runs.rows import call, effect, event, run

HOUR = 3600


def card(one: Run, *parts: RunEvent | RestCallRow | EffectRow) -> RunCard:
    return RunCard(
        RunLine.of(one),
        one,
        [part for part in parts if isinstance(part, RunEvent)],
        [part for part in parts if isinstance(part, EffectRow)],
        [part for part in parts if isinstance(part, RestCallRow)],
        [],
    )


def slept(*, seconds: float = 2 * HOUR) -> tuple[Run, RunCard]:
    """A run that looked for a second, slept, and acted for a second."""
    one = run()
    one.finished_at = one.created_at + timedelta(seconds=seconds + 2)
    due = one.created_at + timedelta(seconds=seconds)
    counted = [
        [one.created_at.isoformat(), (one.created_at + timedelta(seconds=seconds / 4)).isoformat()],
        [(due - timedelta(seconds=seconds / 4)).isoformat(), due.isoformat()],
    ]
    waits = event(one, "waits", Text("Ждём", "Waiting"), seconds=1, data={"due": due.isoformat(), "counted": counted})
    woke = event(one, "woke", Text("Проснулся", "Woke"), seconds=seconds + 1)
    acted = effect(one, 1, prepared_at=woke.at, settled_at=woke.at + timedelta(milliseconds=500))
    looked = call(one, milliseconds=400)
    return one, card(one, waits, woke, acted, looked)


def strips(seen: RunCard, zoom: Zoom) -> dict[str, Strip]:
    found = waterfall(seen, now=seen.run.created_at + timedelta(days=1), zoom=zoom)
    return {strip.span.kind: strip for strip in found.strips}


def test_time_is_as_long_as_it_was() -> None:
    _, seen = slept()
    found = strips(seen, "whole")
    assert found["wait"].width > 99
    assert found["call"].width == found["effect"].width == 0.4
    assert found["effect"].x > 99


def test_sleeps_are_folded_so_that_work_is_seen() -> None:
    _, seen = slept()
    found = strips(seen, "active")
    assert found["wait"].width <= 9
    assert found["call"].width == pytest.approx(0.4 / 1.4 * 91, abs=0.5)
    assert found["effect"].x == pytest.approx(0.4 / 1.4 * 91 + 9, abs=0.5)
    [fold] = waterfall(seen, now=seen.run.created_at, zoom="active").folds
    assert fold.width == 9
    assert fold.lasted == timedelta(hours=2, seconds=0.6)


def test_what_nobody_did_between_two_calls_is_folded_too() -> None:
    one = run()
    one.finished_at = one.created_at + timedelta(minutes=10)
    late = call(one, at=one.created_at + timedelta(minutes=5), milliseconds=400)
    seen = card(one, call(one, milliseconds=400), late)
    widths = [strip.width for strip in waterfall(seen, now=one.created_at, zoom="active").strips]
    assert widths == [pytest.approx(41), pytest.approx(41)]


def test_what_does_not_count_is_marked_inside_a_wait() -> None:
    _, seen = slept()
    pieces = strips(seen, "whole")["wait"].pieces
    assert [piece.counts for piece in pieces] == [True, False, True]
    assert pieces[1].width == pytest.approx(50, abs=1)


def test_a_run_that_goes_on_lasts_until_now() -> None:
    one = run(status="waiting", finished_at=None)
    due = one.created_at + timedelta(hours=4)
    seen = card(one, event(one, "waits", Text("Ждём", "Waiting"), data={"due": due.isoformat()}))
    found = waterfall(seen, now=one.created_at + timedelta(hours=1), zoom="whole")
    [strip] = found.strips
    assert strip.lasted == timedelta(hours=1)
    assert (strip.x, strip.width) == (0, 100)


def test_errors_and_outcomes_have_their_colours() -> None:
    one = run()
    seen = card(
        one,
        call(one, error="QUERY_LIMIT_EXCEEDED", status=503),
        effect(one, 1, "refused", prepared_at=one.created_at, settled_at=one.finished_at),
    )
    assert {kind: strip.span.tone for kind, strip in strips(seen, "active").items()} == {"call": "red", "effect": "red"}


def test_what_was_only_planned_took_no_time() -> None:
    one = run()
    assert waterfall(card(one, effect(one, 1, "planned")), now=one.created_at, zoom="active").strips == ()


def test_many_sleeps_leave_room_for_work() -> None:
    one = run()
    events: list[RunEvent | RestCallRow] = []
    for number in range(30):
        due = one.created_at + timedelta(hours=number + 1)
        events.append(event(one, "waits", Text("Ждём", "W"), seconds=number * HOUR + 1, data={"due": due.isoformat()}))
        events.append(event(one, "woke", Text("Проснулся", "W"), seconds=(number + 1) * HOUR))
        events.append(call(one, at=due, milliseconds=300))
    one.finished_at = one.created_at + timedelta(hours=31)
    found = waterfall(card(one, *events), now=one.finished_at, zoom="active")
    assert sum(fold.width for fold in found.folds) == pytest.approx(60)
    assert all(0 <= strip.x <= 100 and strip.x + strip.width <= 100.01 for strip in found.strips)


@pytest.mark.parametrize("zoom", ["active", "whole"])
def test_a_run_of_no_length_is_drawn(zoom: Zoom) -> None:
    one = run()
    one.finished_at = one.created_at
    found = waterfall(card(one, call(one, milliseconds=0)), now=one.created_at, zoom=zoom)
    assert [(strip.x, strip.width) for strip in found.strips] == [(0, 0.4)]
