"""A robot has the rights of an administrator, so it works on its own item and dialog and is told of no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from activities import load
from core.bitrix24.command import Json
from core.bitrix24.documents import DEAL, Item
from tests.activities.scene import CHAT, OUR_DEAL, Scene
from tests.activities.test_canary import FORMS, SAY_NOTHING, SITUATIONS, walk
from tests.core.dialogs.portal import Session

#: A deal and a chat of somebody else, as busy as ours.
FOREIGN_DEAL, FOREIGN_CHAT, FOREIGN_SESSION = Item(DEAL, 90017), 91777, 90343
ANOTHER = re.compile(r"(deal|lead|contact|company|item|chat|dialog|session|entity|document)s?(_ids?)?$")


def test_no_robot_takes_the_number_of_another_item() -> None:
    named = [f"{code}.{name}" for code, robot in load().items() for name in robot.input_model.model_fields]
    assert len(named) > 100
    assert [name for name in named if ANOTHER.search(name.partition(".")[2])] == []


def numbers(value: Json) -> Iterator[int]:
    match value:
        case bool():
            return
        case int():
            yield value
        case str():
            yield from map(int, re.findall(r"\d+", value))
        case list():
            for item in value:
                yield from numbers(item)
        case dict():
            for item in value.values():
                yield from numbers(item)


@pytest.mark.parametrize("code", sorted(set(FORMS) - SAY_NOTHING))
async def test_nothing_else_is_touched(code: str) -> None:
    done = 0
    for form, situation in product(FORMS[code], SITUATIONS):
        it = Scene(code, dict(form))
        it.office.items[FOREIGN_DEAL] = dict(it.office.items[OUR_DEAL])
        it.office.add_chat(FOREIGN_CHAT, session_id=FOREIGN_SESSION)
        it.office.sessions.append(Session(FOREIGN_SESSION, FOREIGN_CHAT, (FOREIGN_DEAL,)))
        it.client("Где заказ?")
        it.minute = 1
        SITUATIONS[situation](it)
        it.started_at = it.now
        await walk(it)
        for effect in (effect for act in it.acts for effect in act):
            done += 1
            assert effect.chat in {0, CHAT}
            told = {*numbers(effect.open_part()), *numbers(effect.private_part())}
            assert not told & {FOREIGN_DEAL.id, FOREIGN_CHAT, FOREIGN_SESSION}
    assert done
