"""Whatever is sent to the portal, it answers in its own words and lives on."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import httpx

from sandbox import control, rest
from sandbox.control.routes import ACTS
from sandbox.demo import ANNA
from sandbox.portal import Portal
from sandbox.rest.registry import METHODS
from sandbox.view import view
from sandbox.wire import encode
from tests.sandbox.conftest import Asker

TIMES = 2_000
#: Values that mean something somewhere, and values that mean nothing anywhere.
KNOWN: list[Any] = [
    0,
    1,
    2,
    5,
    ANNA,
    22,
    1036,
    "chat1701",
    "deal",
    "C3:WORK",
    "Y",
    "N",
    "2026-11-24T10:00:00+03:00",
    {"ID": 1},
]
STRANGE: list[Any] = [
    None,
    "",
    -1,
    10**30,
    "9" * 5000,
    1e300,
    "nan",
    "x",
    True,
    [],
    [1],
    [None],
    [{}],
    {},
    {"x": {"y": [1]}},
]


def test_methods_answer_whatever_they_are_asked(ask: Asker, portal: Portal) -> None:
    chance, methods = random.Random(7), [one for one in METHODS if one.name != "batch"]
    assert rest.__all__
    said: set[int] = set()
    for _ in range(TIMES):
        method = chance.choice(methods)
        params = {name: some_value(chance, portal, name) for name in method.params if chance.random() < 0.7}
        said.add(ask.try_(method.name, **params)[0])
    assert said <= {200, 400, 403}
    assert encode(view(portal))


async def test_orders_are_carried_out_or_refused_with_a_sentence(http: httpx.AsyncClient, portal: Portal) -> None:
    chance, names = random.Random(7), named_in_bodies()
    orders = sorted(set(ACTS) - {"break", "portals", "rename", "reset", "uninstall"})
    for _ in range(TIMES // 4):
        path = re.sub(r"{\w+:int}", lambda _: str(some_value(chance, portal, "CHAT_ID")), chance.choice(orders))
        body = {name: some_value(chance, portal, name) for name in chance.sample(names, 8)}
        answer = await http.post(f"/_sandbox/{path}", json=body)
        assert answer.status_code in {200, 400, 404, 409}
        assert (answer.status_code == 200) == ("error" not in answer.json())
    assert (await http.get("/_sandbox/view")).status_code == 200


def some_value(chance: random.Random, portal: Portal, name: str) -> Any:
    if name == "CHAT_ID":
        return chance.choice([*portal.openlines.chats, 0])
    return chance.choice(KNOWN if chance.random() < 0.6 else STRANGE)


def named_in_bodies() -> list[str]:
    """Find what the control side reads from bodies."""
    sources = "".join(one.read_text() for one in Path(control.__path__[0]).glob("*.py"))
    return sorted(set(re.findall(r'"([a-z][A-Za-z_]+)"', sources)))
