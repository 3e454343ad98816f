"""A worker is killed at each place of its work, whatever its robot is about to do: once, or a person is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.acceptance.conftest import LARGE, SMALL, service, started, story
from tests.acceptance.process import Process
from tests.acceptance.story import Story
from tests.activities.test_storms import CALM, NEVER_REPEATED, done
from tests.portal_side import ANNA, CHIEF, DMITRY, Deal

__all__ = ["service", "started", "story"]

#: The places where a process may die, in the order in which it comes by them; at `in_call` the portal is at work.
PLACES = (
    "after_claim",
    "before_intent",
    "after_intent",
    "in_call",
    "after_call",
    "after_outcome",
    "before_reply",
    "after_reply",
)
#: Where a call is written down whose outcome nobody wrote down.
DOUBTFUL = {"after_intent", "in_call"}


@dataclass(frozen=True, slots=True)
class Victim:
    """A robot, how it comes to wait, what makes its time come, and the method by which it acts first."""

    code: str
    begin: Callable[[Story], Awaitable[Deal]]
    time_comes: Callable[[Story, Deal], Awaitable[object]]
    method: str


async def _ordered(story: Story) -> Deal:
    await story.place("send_message", text="Здравствуйте! Документы готовы.", wait_result=True)
    return await story.deal()


async def _moved(story: Story, deal: Deal) -> None:
    await story.move(deal)


async def _asked(story: Story) -> Deal:
    deal = await story.deal()
    await story.begun("escalate_no_reply", deal, levels="15: notify head", wait_result=True)
    return deal


async def _late(story: Story, _: Deal) -> None:
    await story.advance(minutes=16)


async def _on_shift(story: Story) -> Deal:
    deal = await story.deal()
    await story.begun("reassign_shift_end", deal, shift_source="timeman,fixed_time", fixed_time="18:00")
    return deal


async def _shift_ends(story: Story, _: Deal) -> None:
    await story.workday(ANNA, "close")
    await story.advance(minutes=6)


async def _unassigned(story: Story) -> Deal:
    for user_id in (ANNA, DMITRY, CHIEF):
        await story.workday(user_id, "close")
    deal = await story.deal(accepted_by=0)
    await story.begun("assign_operator", deal, no_candidate="first_open")
    return deal


async def _day_begins(story: Story, _: Deal) -> None:
    await story.workday(CHIEF, "open")
    await story.advance(minutes=6)


#: What is never repeated, what replaces itself, what bears a key among others, what is looked at before it is done.
VICTIMS = {
    "send_message": Victim("send_message", _ordered, _moved, "imopenlines.crm.message.add"),
    "escalate_no_reply": Victim("escalate_no_reply", _asked, _late, "im.notify.system.add"),
    "reassign_shift_end": Victim("reassign_shift_end", _on_shift, _shift_ends, "imopenlines.operator.transfer"),
    "assign_operator": Victim("assign_operator", _unassigned, _day_begins, "imopenlines.operator.transfer"),
}


async def killed_at(place: str, story: Story, victim: Victim, deal: Deal) -> None:
    """Have the only worker die there when the robot's time comes, and put a healthy one in its stead."""
    service = story.service
    service.worker.kill()
    service.start_worker(crash_at=place)
    doomed = service.worker
    if place == "in_call":
        await _killed_in_call(story, doomed, victim, deal)
    else:
        await victim.time_comes(story, deal)
        assert await asyncio.to_thread(doomed.ended, within=60) == -9
    service.forget(doomed)
    service.start_worker()


async def _killed_in_call(story: Story, doomed: Process, victim: Victim, deal: Deal) -> None:
    """The portal goes on with what it was asked for, and tells nobody."""
    await story.fault(victim.method, "delay", seconds=1.5)
    await victim.time_comes(story, deal)

    async def on_its_way() -> bool:
        return story.service.backend.sql("SELECT id FROM effect WHERE state = 'prepared'") != []

    await story.until(on_its_way, "a call under way")
    await asyncio.sleep(0.5)
    doomed.kill()

    async def acted() -> bool:
        return any(call["method"] == victim.method for call in await story.calls())

    await story.until(acted, "the end of the call")


async def rested(story: Story, deal: Deal) -> str:
    """Let business time pass until nothing more happens by itself; how the run stands then."""
    [run] = await story.runs(deal)
    busy = f"SELECT id FROM run WHERE id = '{run['id']}' AND wake_at IS NOT NULL"
    owing = f"SELECT id FROM reply WHERE run_id = '{run['id']}' AND state <> 'settled' AND state <> 'gone'"

    async def over() -> bool:
        await story.advance(seconds=10)
        await asyncio.sleep(0.1)
        # The lease of an answer is ninety seconds of real time; whoever had this one is dead.
        story.service.backend.sql(
            f"UPDATE reply SET lease_until = 1 WHERE run_id = '{run['id']}' AND lease_until IS NOT NULL"
        )
        return not story.service.backend.sql(f"{busy} UNION ALL {owing}")

    await story.until(over, "the end of all that happens by itself")
    return str((await story.run(deal))["status"])


def by_kind(deeds: Counter[str]) -> Counter[str]:
    """Whose turn it was is no matter, only how many were told."""
    kinds: Counter[str] = Counter()
    for deed, times in deeds.items():
        kinds["told" if deed.startswith("told ") else deed] += times
    return kinds


async def of_effects(story: Story, deal: Deal, wanted: str) -> list[str]:
    """What a column of the run's effects says."""
    [run] = await story.runs(deal)
    return [value for [value] in story.service.backend.sql(wanted.format(run=f"run_id = '{run['id']}'"))]


async def survived(place: str, story: Story, victim: Victim) -> None:
    deal = await victim.begin(story)
    await killed_at(place, story, victim, deal)
    status, found, calm = await rested(story, deal), by_kind(await done(story)), by_kind(CALM[victim.code])
    lost = set(await of_effects(story, deal, "SELECT kind FROM effect WHERE state = 'unknown' AND {run}"))
    assert found <= calm, "nothing twice, and nothing that nobody meant"
    assert lost <= (NEVER_REPEATED if place in DOUBTFUL else set())
    assert found == calm or lost, "what did not happen is a question to a person"
    assert status == ("unknown" if lost else "done")
    answer = await story.answered(deal)
    assert (answer["result"] == "unknown") is bool(lost), answer
    briefs = await of_effects(story, deal, "SELECT state FROM effect WHERE kind = 'hidden_brief' AND {run}")
    assert briefs == ["confirmed"] * len(briefs)


#: A place that only a real process has, and one of an answer.
FEW = [("in_call", "send_message", LARGE), ("before_reply", "assign_operator", SMALL)]
SOME = {"send_message", "reassign_shift_end"}
MANY = [
    (place, code, kind)
    for kind in (SMALL, LARGE)
    for code in VICTIMS
    for place in PLACES
    if kind == SMALL or code in SOME
]
MARKS = {LARGE: [pytest.mark.postgres, pytest.mark.redis], SMALL: []}
ALL = [
    pytest.param(place, code, kind, marks=[*MARKS[kind], *([] if (place, code, kind) in FEW else [pytest.mark.chaos])])
    for place, code, kind in MANY
]


@pytest.mark.parametrize(("place", "code", "service"), ALL, indirect=["service"])
async def test_f_03_a_worker_that_dies_anywhere(story: Story, place: str, code: str) -> None:
    await survived(place, story, VICTIMS[code])
