"""Every robot goes through all that may happen to its portal, its worker, its item and its dialog on the way."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

import activities
from core.runs import act
from tests.activities.storms import AFTERWARDS, STORMS, Storm, later
from tests.core.runs.hands import killed
from tests.portal_side import ANNA, CHIEF, Deal, PortalSide
from tests.town import Town

EACH = pytest.mark.parametrize("storm", STORMS, ids=[storm.code for storm in STORMS])
ACTING = pytest.mark.parametrize("storm", [one for one in STORMS if one.method], ids=lambda one: one.code)

#: What a robot does where nothing goes wrong; whom it tells stands beside it.
CALM: dict[str, Counter[str]] = {
    "check_dialog_naming": Counter({"told 8": 1, "trigger": 1}),
    "close_dialog": Counter({"message": 1, "finish": 1, "close": 1, "trigger": 1}),
    "escalate_no_reply": Counter({"told 7": 1}),
    "wait_reply": Counter({"trigger": 1}),
    "reassign_shift_end": Counter(
        {"transfer": 1, "responsible": 1, "join": 1, "leave": 1, "trigger": 1, "told 8": 1, "told 9": 1}
    ),
    "assign_operator": Counter({"transfer": 1, "responsible": 1, "told 7": 1}),
    "keep_last_word": Counter({"message": 1, "trigger": 1}),
    "offhours_reply": Counter({"message": 1}),
    "send_message": Counter({"message": 1}),
    "dialog_state": Counter(),
    "working_time": Counter(),
}

#: What is never sent a second time, though nobody can see that it was not sent.
NEVER_REPEATED = {"send_as_operator", "send_automatic"}


async def played(town: Town, storm: Storm, deal: Deal) -> None:
    """The robot's time comes, and all the looks after it."""
    await storm.time_comes(town, deal)
    for seconds in AFTERWARDS:
        await later(town, seconds=seconds)


async def done(town: PortalSide) -> Counter[str]:
    """What was done to the portal, by its kinds.

    The same notification again replaces the one before it, and a trigger that moves nothing may be fired again.
    """
    ledger = await town.ledger()
    effects = Counter(one["kind"] for one in ledger if one["kind"] not in {"notification", "trigger"})
    effects += Counter("trigger" for _ in {(one["code"], one["item"]) for one in ledger if one["kind"] == "trigger"})
    notes = {(one["user_id"], one["tag"]) for one in await town.notifications()}
    return effects + Counter(f"told {user_id}" for user_id, _ in notes)


async def undecided(town: Town) -> set[str]:
    """The kinds of effects of which nobody knows whether they happened: a person decides."""
    return {effect.kind for effect in (await town.run()).effects if effect.state == "unknown"}


def test_there_is_a_storm_for_every_robot() -> None:
    assert {storm.code for storm in STORMS} == set(activities.load())


@EACH
async def test_all_is_calm(town: Town, storm: Storm) -> None:
    deal = await storm.begin(town)
    await played(town, storm, deal)
    assert await done(town) == CALM[storm.code]


@ACTING
async def test_the_answer_is_lost_after_the_effect(town: Town, storm: Storm) -> None:
    deal = await storm.begin(town)
    await town.fault(storm.method, "effect_then_drop")
    await played(town, storm, deal)
    assert await done(town) == CALM[storm.code]
    assert not await undecided(town)


@pytest.mark.parametrize("place", ["after_intent", "after_call", "after_outcome"])
@ACTING
async def test_the_worker_dies(town: Town, storm: Storm, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one goes on; only what nobody can know is left to a person, and nothing is done twice."""
    deal, left = await storm.begin(town), [place]

    def die(name: str) -> None:
        if left and name == left[0]:
            left.clear()
            raise asyncio.CancelledError

    monkeypatch.setattr(act, "crashpoint", die)
    await storm.time_comes(town, deal)
    assert not left
    await killed(town.worker)
    await town.sql("UPDATE worker SET seen_at = 0")
    town.worker = await town.another_worker()
    for seconds in AFTERWARDS:
        await later(town, seconds=seconds)
    found = await done(town)
    assert found <= CALM[storm.code]
    lost = await undecided(town)
    assert found == CALM[storm.code] or lost
    assert lost <= (NEVER_REPEATED if place == "after_intent" else set())


@EACH
async def test_the_call_comes_twice(town: Town, storm: Storm) -> None:
    await town.switch(deliver_twice=True)
    deal = await storm.begin(town)
    await played(town, storm, deal)
    await town.run()
    assert await done(town) == CALM[storm.code]


@pytest.mark.parametrize("storm", [one for one in STORMS if one.moved is not None], ids=lambda one: one.code)
async def test_the_stage_moves_meanwhile(town: Town, storm: Storm) -> None:
    deal = await storm.begin(town)
    before = await done(town)
    await town.move(deal, "C3:WAIT")
    await played(town, storm, deal)
    assert (await town.run()).run.result == storm.moved
    assert await done(town) == before


@pytest.mark.parametrize("storm", [one for one in STORMS if one.closed is not None], ids=lambda one: one.code)
async def test_the_dialog_is_closed_by_hand(town: Town, storm: Storm) -> None:
    deal = await storm.begin(town)
    before = await done(town)
    await town.close(deal)
    session = (await town.chat(deal))["session"]
    for minutes in (0, 2, 16, 61):
        await later(town, minutes=minutes)
    assert (await town.run()).run.result == storm.closed
    assert await done(town) == before
    assert (await town.chat(deal))["session"] == session, "nothing opens a new one"


@pytest.mark.parametrize("storm", [one for one in STORMS if one.closed], ids=lambda one: one.code)
async def test_the_dialog_is_marked_as_spam(town: Town, storm: Storm) -> None:
    """«Спам» ends every timer under a code of its own (S1-17)."""
    deal = await storm.begin(town)
    before = await done(town)
    lines, anna = town.portal.openlines, town.portal.people.get(ANNA)
    assert anna is not None
    lines.closing.spam(lines.chats[deal.chat], by=anna)
    for minutes in (0, 2, 16, 61):
        await later(town, minutes=minutes)
    run = (await town.run()).run
    assert (run.status, run.result) == ("cancelled", "cancelled_spam")
    assert await done(town) == before


@ACTING
async def test_the_operator_changes(town: Town, storm: Storm) -> None:
    """What was meant for the former one is not done to the new one."""
    deal = await storm.begin(town)
    await town.order(f"chats/{deal.chat}/transfer", to_user_id=CHIEF)
    await played(town, storm, deal)
    assert (await town.run()).run.result == storm.taken


@EACH
async def test_the_portal_is_suspended(town: Town, storm: Storm) -> None:
    """It waits with its portal, and goes on where it was when the portal is back."""
    deal = await storm.begin(town)
    portal_id = await town.portal_id()
    await town.sql("UPDATE portal SET status = 'suspended', status_reason = 'PORTAL_DELETED'")
    town.base.lanes.changed(portal_id)
    before = await done(town)
    await storm.time_comes(town, deal)
    assert await done(town) == before, "nothing is done in a portal that is closed"
    await town.base.lanes.reopen(portal_id)
    for seconds in (1, *AFTERWARDS):
        await later(town, seconds=seconds)
    assert await done(town) == CALM[storm.code]
