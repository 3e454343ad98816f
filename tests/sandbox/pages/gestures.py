"""What a person does in the pages, and what a page in a frame asks of the portal."""

from __future__ import annotations

import json

from playwright.async_api import FrameLocator, Page


async def ask(frame: FrameLocator, command: str, params: object = None, *, key: str = "k1") -> None:
    """Let the page in a frame ask something of the portal, in the words of the protocol."""
    parts = [command, *([json.dumps(params, ensure_ascii=False)] if params else []), key]
    await frame.locator("#heard").evaluate("(_, text) => window.ask(`${text}:${window.sid}`)", ":".join(parts))


def in_app(page: Page, place: str = "#app-host") -> FrameLocator:
    return page.frame_locator(f"{place} iframe")


async def drag(page: Page, card: str, stage: str) -> None:
    taken = await page.locator(card).bounding_box()
    target = await page.locator(f'[data-stage="{stage}"]').bounding_box()
    assert taken is not None
    assert target is not None
    await page.mouse.move(taken["x"] + 40, taken["y"] + taken["height"] - 8)
    await page.mouse.down()
    await page.mouse.move(taken["x"] + 60, taken["y"] + 30)
    await page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=4)
    await page.mouse.up()
