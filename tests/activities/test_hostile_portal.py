"""Every robot before a portal that answers with nonsense: its run goes on, ends, or waits, and never breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from activities import load
from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.errors import BitrixError
from tests.activities.scene import NoDialogHere, Scene, scene_office
from tests.activities.test_canary import FORMS, SITUATIONS, walk
from tests.core.robots.office import Office

NONSENSE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**23, 2**63, 1.5, -1e300, "", " ", "0", "-5", "x", "null", "٣", "\ufffd"),
    *("9" * 400, "2026-99-99T99:99:99", "0000-00-00 00:00:00", "<script>", "Y" * 5000, "/../", "|||||||||||"),
    *([], [None], [[]], [0, "x", {}], {}, {"": None}, {"id": None}, {"ID": []}, {"result": {}}, [{}], [[[[1]]]]),
)
WALKS = 150


class Liar(Office):
    """An office that puts nonsense into its answers: in the place of a whole one, or somewhere inside."""

    chance = Random(0)

    def _answer(self, method: str, params: Mapping[str, Json]) -> Answer:
        answer = super()._answer(method, params)
        if self.chance.random() < 0.6:
            return answer
        return replace(answer, result=spoilt(answer.result, self.chance))

    async def __call__(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        try:
            return await super().__call__(commands, halt=halt)
        except (KeyError, ValueError, TypeError, IndexError) as confused:
            # The made-up office cannot answer what was asked after its nonsense; a real one refuses.
            raise BitrixError("It refuses.") from confused


def spoilt(value: Json, chance: Random) -> Json:
    match value:
        case dict() if value and chance.random() < 0.85:
            name = chance.choice(list(value))
            return {**value, name: spoilt(value[name], chance)}
        case list() if value and chance.random() < 0.85:
            at = chance.randrange(len(value))
            return [*value[:at], spoilt(value[at], chance), *value[at + 1 :]]
        case _:
            nonsense: Json = chance.choice(NONSENSE)
            return nonsense


@pytest.mark.parametrize("code", sorted(load()))
async def test_no_answer_breaks_a_robot(code: str) -> None:
    chance = Random(code)
    for number in range(WALKS):
        office = scene_office()
        office.__class__ = Liar
        scene = Scene(code, dict(chance.choice(FORMS[code])), office=office)
        scene.client("Где мой заказ?")
        scene.minute = 1
        SITUATIONS[chance.choice(list(SITUATIONS))](scene)
        scene.started_at = scene.now
        Liar.chance = Random(f"{code} {number}")
        try:
            await walk(scene)
        except (BitrixError, NoDialogHere):
            continue
