"""A call of the portal becomes one run, or is stored with the reason why it cannot work."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.bitrix24.documents import Item
from core.bitrix24.secret import Secret
from core.db import Statement
from core.portals.calls import Document, RobotCall
from core.portals.info import PortalInfo, info_of
from core.runs.accept import Accepted, accept
from core.runs.beginning import Beginning, begin, instead_of
from core.runs.journal import Line
from core.runs.moment import Moment
from core.runs.retention import forget
from core.texts.text import Text
from tests.core.runs.probe import Probe
from tests.town import Town, told

DEAL: Document = ("crm", "CCrmDocumentDeal", "DEAL_1")


async def portal_of(town: Town) -> PortalInfo:
    row = await town.base.store.get(await town.portal_id())
    assert row is not None
    return info_of(row, town.base.keyring)


def call(
    token: str = "w|A1|x.y", *, document: Document = DEAL, timeout_seconds: int = 0, **properties: str
) -> RobotCall:
    return RobotCall(
        code="probe",
        workflow_id="w",
        event_token=Secret(token),
        document=document,
        properties=properties,
        timeout_seconds=timeout_seconds,
    )


async def accepted(town: Town, probe: Probe | None, launch: RobotCall) -> Accepted:
    return await accept(town.base.database, await portal_of(town), launch, robot=probe, now=await town.now())


async def test_fifty_copies_at_once_are_one_run(any_town: Town, probe: Probe) -> None:
    portal, now = await portal_of(any_town), await any_town.now()
    copies = [accept(any_town.base.database, portal, call(), robot=probe, now=now) for _ in range(50)]
    statuses = await asyncio.gather(*copies)
    assert sorted(statuses) == ["accepted"] + ["duplicate"] * 49
    assert len((await any_town.run()).events) == 1


@pytest.mark.parametrize(("robot", "result"), [("dialog_state", ""), ("probe", "skipped_duplicate")])
async def test_what_was_begun_in_the_place_of_a_call_is_not_begun_again(
    any_town: Town, probe: Probe, robot: str, result: str
) -> None:
    """Its process was found without it: a run was begun in its place, and the process is still to be answered."""
    database, lane = any_town.base.database, await any_town.base.lanes.lane(await any_town.portal_id())
    moment = Moment.of(any_town.base.clock)
    beginning = Beginning(name=instead_of("w"), robot=robot, properties={}, item=Item(2, 1), workflow_id="w")
    columns = "portal_id, workflow_id, template_id, state, found_at"
    found = Statement(f"INSERT INTO lost_launch ({columns}) VALUES (:p, 'w', '1', 'run', 0)", {"p": lane.portal.id})
    run_id = await begin(beginning, lane, database, moment=moment, said=Line("accepted", Text("", "")), also=[found])
    assert run_id
    assert await accepted(any_town, probe, call()) == "accepted"
    assert await accepted(any_town, probe, call()) == "duplicate"
    [card] = [card for card in await any_town.runs() if card.run.id != run_id]
    assert card.run.result == result
    assert [reply.answer["result"] for reply in card.replies] == ([result] if result else [])


async def test_another_token_is_another_run(town: Town, probe: Probe) -> None:
    assert await accepted(town, probe, call("w|A1|x.y")) == "accepted"
    assert await accepted(town, probe, call("w|A1|x.z")) == "accepted"
    assert len(await town.runs()) == 2


async def test_a_call_that_comes_again_when_its_run_is_forgotten_is_a_duplicate(any_town: Town, probe: Probe) -> None:
    await accepted(any_town, probe, call(line_ids="первая"))
    await any_town.settle()
    any_town.portal.clock.advance(timedelta(days=40))
    await any_town.settle()
    portal_id = await any_town.portal_id()
    done = await forget(any_town.base.database, portal_id, log_days=30, now=await any_town.now())
    assert (done.runs, await any_town.runs()) == (1, [])
    assert await accepted(any_town, probe, call(line_ids="первая")) == "duplicate"
    assert await any_town.runs() == []


async def test_the_token_is_sealed(town: Town, probe: Probe) -> None:
    await accepted(town, probe, call("w|A1|CANARY.y"))
    [row] = await town.sql("SELECT event_token, event_token_hash FROM run")
    assert isinstance(row["event_token"], bytes)
    assert b"CANARY" not in row["event_token"]
    assert "CANARY" not in str(row["event_token_hash"])


async def test_a_launch_that_cannot_work_is_stored_and_answered(town: Town, probe: Probe) -> None:
    assert await accepted(town, probe, call(line_ids="первая")) == "rejected"
    card = await town.run()
    assert (card.run.status, card.run.result) == ("rejected", "failed")
    assert "«Только линии»: нужны номера линий" in told(card)
    assert "“Only lines”: must be line numbers" in told(card, "en")
    assert card.replies[0].answer["result"] == "failed"
    assert card.replies[0].answer["reason"].startswith("«Только линии»")
    assert await accepted(town, probe, call(line_ids="первая")) == "duplicate"
    assert len((await town.run()).replies) == 1


@pytest.mark.parametrize(
    "document",
    [("crm", "CCrmDocumentInvoice", "INVOICE_3"), ("lists", "BizprocDocument", "17"), ("crm", "x", "DEAL_1")],
)
async def test_a_robot_on_something_without_a_client_is_rejected(town: Town, probe: Probe, document: Document) -> None:
    assert await accepted(town, probe, call(document=document)) == "rejected"
    assert "нет диалога с клиентом" in told(await town.run())


@pytest.mark.parametrize(
    ("template", "life"), [(0, timedelta(days=30)), (3600, timedelta(hours=1)), (10**8, timedelta(days=30))]
)
async def test_a_run_lives_no_longer_than_robot_and_template_allow(
    town: Town, probe: Probe, template: int, life: timedelta
) -> None:
    await accepted(town, probe, call(timeout_seconds=template))
    card = await town.run()
    assert card.run.expires_at - card.run.created_at == life


async def test_a_robot_that_comes_with_a_later_release_has_its_whole_life(town: Town) -> None:
    await accepted(town, None, call())
    card = await town.run()
    assert card.run.status == "waiting"
    assert card.run.expires_at - card.run.created_at == timedelta(days=30)
