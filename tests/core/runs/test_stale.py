"""What was decided on an old look is not done: the robot looks again."""

from __future__ import annotations

from datetime import timedelta

from core.effects import NotifyStaff
from core.robots import EffectResult, Outcome
from tests.core.runs.probe import SAID, Act, Context, Done, Probe, ProbeOutput
from tests.portal_side import ANNA, DMITRY
from tests.town import Town, told


def tells(probe: Probe, *, fresh_for: timedelta) -> list[EffectResult]:
    results: list[EffectResult] = []

    async def first(ctx: Context) -> Outcome:
        stale_at = ctx.now + fresh_for
        effects = (
            NotifyStaff(user_id=ANNA, text="раз", tag="1", stale_at=stale_at),
            NotifyStaff(user_id=DMITRY, text="два", tag="2"),
        )
        return Act(effects, then=probe.go_on, because=SAID)

    async def second(ctx: Context) -> Outcome:
        results.extend(ctx.results)
        return Done("done", SAID, ProbeOutput())

    probe.first, probe.second = first, second
    return results


async def test_what_is_fresh_is_done(town: Town, probe: Probe) -> None:
    results = tells(probe, fresh_for=timedelta(seconds=30))
    await town.fire("probe")
    assert [result.state for result in results] == ["confirmed", "confirmed"]
    assert not any(result.stale for result in results)


async def test_what_is_stale_is_left_out_and_the_rest_is_done(town: Town, probe: Probe) -> None:
    results = tells(probe, fresh_for=timedelta(seconds=-1))
    card = await town.fire("probe")
    assert [result.state for result in results] == ["skipped", "confirmed"]
    assert [result.stale for result in results] == [True, False]
    assert [one["user_id"] for one in await town.notifications()] == [DMITRY]
    assert "Увиденное успело устареть" in told(card)
    assert "too old" in told(card, "en")


async def test_a_portal_that_was_away_makes_it_stale(town: Town, probe: Probe) -> None:
    results = tells(probe, fresh_for=timedelta(seconds=30))

    async def cut(methods: list[str]) -> None:
        town.wire.cut = "im.notify.system.add" in methods

    town.wire.before = cut
    await town.fire("probe")
    assert await town.notifications() == []
    town.wire.before, town.wire.cut = None, False
    await town.advance(minutes=15)
    await town.settle()
    assert [result.state for result in results] == ["skipped", "confirmed"]
