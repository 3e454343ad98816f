"""What the sandbox tells other developers is so."""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.control.routes import ACTS, READS
from sandbox.faults import OF_COMMAND, OF_REQUEST
from sandbox.scenario import SCENARIOS
from tests.sandbox.readme import README, filled

TEXT = README.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    assert filled(TEXT) == TEXT, "run python -m tests.sandbox.readme"


@pytest.mark.parametrize("name", sorted({*OF_REQUEST, *OF_COMMAND, *SCENARIOS}))
def test_every_fault_and_state_is_explained(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{name}`[^|]*\|", TEXT, re.M)


@pytest.mark.parametrize(("verb", "path"), [*(("GET", one) for one in READS), *(("POST", one) for one in ACTS)])
def test_every_order_is_listed(verb: str, path: str) -> None:
    table = TEXT.partition(f"| {verb} `/_sandbox/…`")[2].partition("\n\n")[0]
    named = path.replace(":int", "")
    shortened = re.sub(r"^.*(?=/)", "…", named)
    assert f"`{named}`" in table or f"`{shortened}`" in table


async def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    async def hear(request: Request) -> PlainTextResponse:
        heard.append(request.url.path)
        return PlainTextResponse("")

    mine = ModuleType("my_app")
    mine.__dict__.update(app=Starlette(routes=[Route("/robot", hear, methods=["POST"])]), heard=heard)
    monkeypatch.setitem(sys.modules, "my_app", mine)
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    names: dict[str, Any] = {}
    exec(example, names)
    test: Callable[[], Awaitable[None]] = names["test_a_card_in_work_calls_my_robot"]
    await test()
