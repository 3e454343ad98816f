"""Pure parts of the pages' scripts, run where they run."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_requests_of_frames_are_read(page: Page) -> None:
    raw = {"method": "a:b", "params": {"x": 1}, "callback": "k", "appSid": "s"}
    cases: list[tuple[object, object]] = [
        ("getInitData:k:s", {"command": "getInitData", "params": {}, "key": "k", "sid": "s"}),
        ('setTitle:{"title":"a:b"}:k:s', {"command": "setTitle", "params": {"title": "a:b"}, "key": "k", "sid": "s"}),
        ("setScroll:raw:k:s", {"command": "setScroll", "params": "raw", "key": "k", "sid": "s"}),
        (raw, {"command": "a:b", "params": {"x": 1}, "key": "k", "sid": "s"}),
        ("short:one", None),
        (42, None),
        (None, None),
    ]
    for said, heard in cases:
        script = "async (said) => (await import('/pages/script/protocol.js')).requestOf(said)"
        assert await page.evaluate(script, said) == heard, said


async def test_the_next_working_morning_skips_days_off(page: Page) -> None:
    cases = [
        ("2026-11-24T11:00:00+03:00", "9-18", ["SA", "SU"], "2026-11-25T09:00:00+03:00"),
        ("2026-11-24T08:59:00+03:00", "9-18", ["SA", "SU"], "2026-11-24T09:00:00+03:00"),
        ("2026-11-27T18:30:00+03:00", "9.3-18", ["SA", "SU"], "2026-11-30T09:30:00+03:00"),
        ("2026-11-28T12:00:00-04:30", "24/7", [], "2026-11-30T09:00:00-04:30"),
    ]
    for now, hours, days_off, opening in cases:
        script = "async ([now, line]) => (await import('/pages/script/moments.js')).nextOpening(now, line)"
        assert await page.evaluate(script, [now, {"hours": hours, "daysOff": days_off}]) == opening


async def test_markup_of_messages_becomes_elements(page: Page) -> None:
    script = """async (text) => {
      const { rich } = await import("/pages/script/bbcode.js");
      const { draw } = await import("/pages/script/element.js");
      const host = document.createElement("p");
      draw(host, rich(text));
      return host.innerHTML;
    }"""
    cases = {
        "[B]да[/B] и [I]нет[/I]": '<b class="">да</b> и <i class="">нет</i>',
        "[b]не закрыто": '<b class="">не закрыто</b>',
        "чужое [/b] и [x]": "чужое [/b] и [x]",
        "[url=https://example.com/?a=1&b=2]там[/url]": (
            '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">там</a>'
        ),
        "[url]data:text/html,x[/url]": "<span>data:text/html,x</span>",
        "раз[br]два": "раз\nдва",
        "[user=7]Ирина[/user]": '<span class="mention">Ирина</span>',
    }
    for text, drawn in cases.items():
        assert await page.evaluate(script, text) == drawn, text
