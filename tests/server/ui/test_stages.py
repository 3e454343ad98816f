"""Names of stages on pages: which set is asked for, what is remembered, what is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pytest

from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.documents import CONTACT, DEAL, LEAD, Item
from core.clock import FakeClock
from core.texts.text import Text
from server.errors import Bad
from server.ui.sessions import Visitor
from server.ui.stages import KNOWN_FOR, UNKNOWN_FOR, Stages, stage_set, with_names
from tests.core.runs.rows import NOON, event, run, store
from tests.server.ui.people import House

CHANGED = Text("Стадия сменилась: было «C3:WORK», стало «C3:WON».", "It changed from “C3:WORK” to “C3:WON”.")
ROWS: list[Json] = [{"STATUS_ID": "C3:WORK", "NAME": "В работе"}, {"STATUS_ID": "C3:WON", "NAME": "Успех <b>"}]


class Portal:
    """What a person sees of his portal; it may refuse."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.refuses = False

    async def reads(self, visitor: Visitor) -> Reads:
        del visitor
        if self.refuses:
            raise Bad(401, "unauthorized")
        return self._read

    async def _read(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        del halt
        self.asked += [command.params for command in commands.values()]
        return {name: Answer(result=ROWS) for name in commands}


@pytest.mark.parametrize(
    ("kind", "stage", "wanted"),
    [
        (DEAL, "C3:WORK", "DEAL_STAGE_3"),
        (DEAL, "NEW", "DEAL_STAGE"),
        (LEAD, "IN_PROCESS", "STATUS"),
        (128, "DT128_5:NEW", "DYNAMIC_128_STAGE_5"),
        (128, "NEW", ""),
        (CONTACT, "C3:WORK", ""),
        (DEAL, "", ""),
    ],
)
def test_the_set_of_stages_that_a_code_is_of(kind: int, stage: str, wanted: str) -> None:
    assert stage_set(Item(kind, 1), stage) == wanted


def test_only_codes_in_quotes_are_replaced() -> None:
    named = with_names(CHANGED + " C3:WON «»", {"C3:WORK": "В работе", "C3:WON": "Успех"})
    assert named.ru == "Стадия сменилась: было «В работе», стало «Успех». C3:WON «»"
    assert named.en == "It changed from “В работе” to “Успех”. C3:WON «»"
    assert with_names(CHANGED, {}) == CHANGED
    assert with_names(CHANGED, {"NEW": "Новая"}) == CHANGED


@dataclass(frozen=True)
class _Alpha:
    portal_id: str = "alpha"


VISITOR = cast("Visitor", _Alpha())


async def test_a_portal_is_asked_once_for_ten_minutes() -> None:
    portal, clock = Portal(), FakeClock(NOON)
    stages = Stages(portal.reads, clock)
    for _ in range(3):
        names = await stages.of(VISITOR, Item(DEAL, 1), "C3:WORK")
    assert names["C3:WORK"] == "В работе"
    assert portal.asked == [{"filter": {"ENTITY_ID": "DEAL_STAGE_3"}}]
    clock.advance(seconds=KNOWN_FOR.total_seconds())
    await stages.of(VISITOR, Item(DEAL, 2), "C3:WON")
    assert len(portal.asked) == 2
    assert await stages.of(VISITOR, None, "C3:WON") == {}


async def test_who_is_not_told_sees_codes_and_asks_again_later() -> None:
    portal, clock = Portal(), FakeClock(NOON)
    stages = Stages(portal.reads, clock)
    portal.refuses = True
    assert await stages.of(VISITOR, Item(DEAL, 1), "C3:WORK") == {}
    portal.refuses = False
    assert await stages.of(VISITOR, Item(DEAL, 1), "C3:WORK") == {}
    clock.advance(seconds=UNKNOWN_FOR.total_seconds())
    assert (await stages.of(VISITOR, Item(DEAL, 1), "C3:WORK"))["C3:WON"] == "Успех <b>"


async def test_the_page_says_names_where_it_speaks_of_stages(home: House) -> None:
    alpha = home.bitrix.portal("alpha")
    alpha.stages["DEAL_STAGE_3"] = {"C3:WORK": "В работе", "C3:WON": "Успех <b>"}
    home.bitrix.token("tok_A_admin", alpha)
    one = run(status="cancelled", result="cancelled_stage", stage_id="C3:WORK", reason=CHANGED.as_json())
    other = run(status="done", result="done", stage_id="C3:WORK", reason=CHANGED.as_json())
    await store(home.database, one, event(one, "ended", CHANGED), other)
    headers = await home.as_(language="ru")
    html = (await home.client.get(f"/ui/runs/{one.id}", headers=headers)).text
    assert home.bitrix.methods() == ["crm.status.list"]
    assert html.count("было «В работе», стало «Успех &lt;b&gt;».") == 2
    assert "<bdi>В работе</bdi> <code>C3:WORK</code>" in html
    assert "было «C3:WORK»" in (await home.client.get(f"/ui/runs/{other.id}", headers=headers)).text


async def test_the_list_does_not_wait_for_names_but_has_them_when_it_is_looked_at_again(home: House) -> None:
    alpha = home.bitrix.portal("alpha")
    alpha.stages["DEAL_STAGE_3"] = {"C3:WORK": "В работе", "C3:WON": "Успех <b>"}
    home.bitrix.token("tok_A_admin", alpha)
    one = run(status="cancelled", result="cancelled_stage", stage_id="C3:WORK", reason=CHANGED.as_json())
    await store(home.database, one)
    headers = await home.as_(language="ru")
    assert "было «C3:WORK», стало «C3:WON»." in (await home.client.get("/ui/runs", headers=headers)).text
    for _ in range(2):
        html = (await home.client.get("/ui/runs", headers=headers)).text
        assert "было «В работе», стало «Успех &lt;b&gt;»." in html
    assert home.bitrix.methods() == ["crm.status.list"]


async def test_a_list_without_stages_asks_nobody(home: House) -> None:
    other = run(status="done", result="done", stage_id="C3:WORK", reason=CHANGED.as_json())
    await store(home.database, other)
    await home.client.get("/ui/runs", headers=await home.as_(language="ru"))
    assert home.bitrix.methods() == []
