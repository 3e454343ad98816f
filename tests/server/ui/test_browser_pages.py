"""Every page in a real browser: what others wrote stays text, everybody can use it, nothing sticks out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Frame, Request, expect

from server.ui.access import NEEDS, OPEN
from tests.core.runs.rows import store
from tests.server.ui.past import RICH, past
from tests.server.ui.payloads import FULL, PAYLOADS, hostile
from tests.server.ui.stage import Stage, browsing, stage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

expect.set_options(timeout=15_000)

VENDOR = Path(__file__).parent / "vendor"
#: Every page in every language and theme, as the last run of these tests saw it.
PICTURES = Path(__file__).parents[3] / "artefacts" / "pictures"
TABS = ("", "waterfall", "calls", "raw", "edit")
#: Pages that are read without naming what.
PLAIN = tuple(
    address.removeprefix("GET ")
    for address, need in NEEDS.items()
    if need is not OPEN and need.page and "{" not in address and address not in {"GET /ui", "GET /ui/card"}
)
PAGES = (
    *PLAIN,
    *("/ui/runs?view=causes", "/ui/runs?q=nothing-has-this", "/ui/statistics?period=7d"),
    *("/ui/card?item=deal:4820", "/ui/robots/escalate_no_reply", "/ui/schedules/new", "/ui/templates/new"),
)
#: Pages that show what others wrote whole.
WHOLE = {"/ui/runs", "/ui/runs?view=causes", "/ui/timers", "/ui/templates", "/ui/settings/words", "/ui/settings/audit"}
#: What axe calls serious or critical keeps somebody from using a page.
GRAVE = {"serious", "critical"}
#: Elements that no page of ours has.
NOT_OURS = (
    "script:not([src]):not([type='application/json']), base, object, embed, iframe, math, video, [onload], [onerror]"
)
LOOK = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(({id, impact, nodes}) => [id, impact, nodes.map((node) => node.html.slice(0, 160))]);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with browsing(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def show(schema: Path, tmp_path: Path, browser: Browser) -> AsyncIterator[Stage]:
    async with stage(schema, tmp_path, browser) as opened:
        yield opened
        assert opened.troubles == []


async def seen(show: Stage, address: str) -> Frame:
    """Go to a page and wait until it is there whole."""
    frame = show.frame
    await frame.evaluate("document.getElementById('page').dataset.left = ''")
    await show.go(address)
    await expect(frame.locator("#page[data-left], .htmx-request, .htmx-settling")).to_have_count(0)
    return frame


async def picture(show: Stage, address: str, folder: Path) -> None:
    """Keep how a page looks, for people."""
    name = re.sub(r"[^a-z0-9]+", "-", address.removeprefix("/ui/").replace(RICH, "one"))
    # With a hidden caret the browser is given a style, which our pages refuse.
    await show.page.screenshot(path=folder / f"{name.strip('-')}.jpg", type="jpeg", quality=70, caret="initial")


async def test_what_others_wrote_stays_text_on_every_page(show: Stage) -> None:
    await store(show.database, *hostile("alpha", datetime.now(UTC)))
    strangers: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", "localhost"}:
            strangers.append(request.url)

    show.page.on("request", note)
    await show.open()
    found: dict[str, int] = {}
    runs = [f"/ui/runs/{FULL}?tab={tab}" for tab in TABS]
    for address in (*PAGES, *runs, f"/ui/runs?q={quote(PAYLOADS[0])}", "/ui/schedules/s1", "/ui/templates/t1"):
        frame = await seen(show, address)
        assert await frame.locator(NOT_OURS).count() == 0, address
        text = await frame.evaluate(
            "document.body.innerText + [...document.querySelectorAll('input, textarea')].map((one) => one.value)"
        )
        found[address] = sum(payload in text for payload in PAYLOADS)
    assert strangers == []
    assert {address for address, count in found.items() if count == len(PAYLOADS)} >= {*WHOLE, *runs}


@pytest.mark.parametrize(("language", "theme", "other"), [("ru", "light", "dark"), ("en", "dark", "light")])
async def test_everybody_can_use_every_page(show: Stage, language: str, theme: str, other: str) -> None:
    await store(show.database, *past("alpha", datetime.now(UTC)))
    frame = await show.open(language=language)
    await frame.evaluate((VENDOR / "axe.min.js").read_text("utf-8"))
    await frame.evaluate("theme => dezhurnyTheme.set(theme)", theme)
    troubles: dict[str, list[object]] = {}
    wide = []
    for address in (*PAGES, *(f"/ui/runs/{RICH}?tab={tab}" for tab in TABS)):
        await seen(show, address)
        troubles[address] = [found for found in await frame.evaluate(LOOK) if found[1] in GRAVE]
        for width in (360, 1280):
            await show.page.set_viewport_size({"width": width, "height": 720})
            wide += [(address, width)] if await show.scrolls_sideways() else []
        for painted in (other, theme):
            await frame.evaluate("theme => dezhurnyTheme.set(theme)", painted)
            await picture(show, address, PICTURES / f"{language}-{painted}")
    assert {address: found for address, found in troubles.items() if found} == {}
    assert wide == []
