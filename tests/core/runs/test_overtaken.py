"""A call that had to wait: somebody may have been quicker, or have decided otherwise."""

from __future__ import annotations

import pytest

from tests.core.runs import effects
from tests.core.runs.probe import Probe
from tests.core.runs.test_act import acts, called, states
from tests.portal_side import CHIEF, DMITRY
from tests.town import Town, told

TRANSFER = "imopenlines.operator.transfer"


async def turned_away(town: Town, probe: Probe) -> int:
    """Have the portal turn a transfer away, and return its chat."""
    acts(probe, effects.transferred)
    await town.fault(TRANSFER, "query_limit")
    deal = await called(town)
    await town.settle()
    card = await town.run()
    assert (card.run.status, states(card)) == ("retrying", ["planned"])
    return deal.chat


async def later(town: Town) -> None:
    await town.order("clock", advance_seconds=900)
    town.worker.base.lanes._limiter._tat.clear()  # type: ignore[attr-defined]  # real time has passed, too
    await town.settle()


@pytest.mark.parametrize(("taken_by", "state"), [(DMITRY, "confirmed"), (CHIEF, "skipped")])
async def test_what_somebody_did_meanwhile_is_not_done_again(
    town: Town, probe: Probe, taken_by: int, state: str
) -> None:
    chat = await turned_away(town, probe)
    before = len(await town.calls(TRANSFER))
    await town.order(f"chats/{chat}/transfer", to_user_id=taken_by)
    await later(town)
    assert states(await town.run()) == [state]
    assert len(await town.calls(TRANSFER)) == before
    assert "Неизвестно" not in told(await town.run())


async def test_what_nobody_touched_is_done(town: Town, probe: Probe) -> None:
    await turned_away(town, probe)
    await later(town)
    assert states(await town.run()) == ["confirmed"]
    assert (await town.calls(TRANSFER))[-1]["params"]["TRANSFER_ID"] == str(DMITRY)
