"""The demo as a person plays it, in both languages: a deal moved, an answer, the clock moved, the log beside."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FrameLocator, Locator, Page, async_playwright, expect

from tests.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PICTURES = Path(__file__).parents[2] / "artefacts"
#: A loaded machine may take longer than the promise; what it took is printed.
PATIENCE_MS = 45_000


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say in a language, and what is typed in it."""

    lang: str
    waits: str
    answer: str
    answered: str
    message: str
    log: str
    notice: str
    done: str


RUSSIAN = Words(
    lang="ru",
    waits="Ожидает",
    answer="Добрый день! Акт сверки пришлём до вечера.",
    answered="Клиенту ответили",
    message="сообщение №",
    log="Журнал",
    notice="Клиент ждёт ответа",
    done="Успешно",
)
ENGLISH = Words(
    lang="en",
    waits="Waiting",
    answer="Good day! We will send the act before the evening.",
    answered="The client was answered",
    message="message ",
    log="Log",
    notice="A client has waited",
    done="Done",
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that the demo prints, of a demo of our own."""
    folder = tmp_path_factory.mktemp("demo")
    ports = ["--port", str(free_port()), "--portal-port", str(free_port())]
    program = Path(sys.executable).parent / "dezhurny"
    with subprocess.Popen(
        [program, "demo", "--no-open", *ports], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield re.findall(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.terminate()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(portal: str, chromium: str) -> AsyncIterator[Page]:
    """The portal at 1280×720; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--test-third-party-cookie-phaseout"],
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(portal)
        await expect(log_of(page).get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
        yield page
        await browser.close()
    assert complaints == []


def log_of(page: Page) -> FrameLocator:
    """Our own pages in the portal's frame."""
    return page.frame_locator("#app-host iframe")


def run_of(page: Page, deal: int) -> Locator:
    """The newest run of a deal in the list."""
    return (
        log_of(page)
        .get_by_role("listitem")
        .filter(has_text=f"#{deal} ")
        .or_(log_of(page).get_by_role("row").filter(has_text=f"#{deal} "))
        .first
    )


async def drag(page: Page, deal: int, stage: str) -> float:
    """Drag a card onto a stage as a hand does; when it was let go."""
    card, column = page.locator(f"#card-2-{deal}"), page.locator(f'[data-stage="{stage}"]')
    start, end = await card.bounding_box(), await column.bounding_box()
    assert start is not None
    assert end is not None
    await page.mouse.move(start["x"] + start["width"] / 2, start["y"] + 12)
    await page.mouse.down()
    await page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    await page.mouse.up()
    return time.monotonic()


async def test_a_moved_deal_gives_a_run_in_the_log(page: Page) -> None:
    await moved(page, RUSSIAN)


async def test_an_answer_cancels_it_and_the_log_names_the_message(page: Page) -> None:
    await answered(page, RUSSIAN)


async def test_past_the_deadline_the_escalation_is_seen_beside_the_chat(page: Page) -> None:
    await escalated(page, RUSSIAN)


async def test_the_demo_begins_anew_in_english_and_nothing_of_before_is_left(page: Page) -> None:
    begun = time.monotonic()
    await page.locator("#menu-break").click()
    await page.get_by_text("Демо на английском").click()
    await expect(page.get_by_role("tab", name="Reconciliations")).to_be_visible(timeout=PATIENCE_MS)
    await expect(log_of(page).get_by_role("heading", name="Robot runs")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator(".robot:not(.is-lost)")).to_have_count(5, timeout=PATIENCE_MS)
    print(f"\nfrom beginning anew to robots on their stages: {time.monotonic() - begun:.2f} s")  # noqa: T201  # the measured figure
    await expect(log_of(page).locator("#rows > tr[id]")).to_have_count(0)


async def test_the_same_in_english(page: Page) -> None:
    await moved(page, ENGLISH)
    await answered(page, ENGLISH)
    await escalated(page, ENGLISH)


async def moved(page: Page, words: Words) -> None:
    """A deal comes to a stage, and its run into the log."""
    let_go = await drag(page, 1, "C3:WORK")
    await expect(run_of(page, 1)).to_contain_text(words.waits, timeout=PATIENCE_MS, ignore_case=True)
    print(f"\nfrom letting a card go to its run in the log: {time.monotonic() - let_go:.2f} s")  # noqa: T201  # the measured figure
    await page.screenshot(path=_picture(f"demo-{words.lang}-1-moved"))


async def answered(page: Page, words: Words) -> None:
    """An employee answers before the deadline; the run says by which message it was cancelled."""
    await drag(page, 2, "C3:WORK")
    await expect(run_of(page, 2)).to_contain_text(words.waits, timeout=PATIENCE_MS, ignore_case=True)
    await page.locator("#card-2-2").click()
    await page.locator("#voice-staff").click()
    await page.locator("#chat-text").fill(words.answer)
    await page.locator("#chat-send").click()
    await expect(run_of(page, 2)).to_contain_text(words.answered, timeout=PATIENCE_MS)
    await run_of(page, 2).locator("a[href*='/ui/runs/']").first.click()
    back = log_of(page).get_by_role("link", name=words.log, exact=True)
    await expect(back).to_be_visible(timeout=PATIENCE_MS)
    named = re.compile(re.escape(words.message) + r"\d+")
    await expect(log_of(page).get_by_text(named).first).to_be_visible(timeout=PATIENCE_MS)
    await page.screenshot(path=_picture(f"demo-{words.lang}-2-answered"))
    await back.click()
    await expect(log_of(page).get_by_role("heading", level=1)).to_be_visible()


async def escalated(page: Page, words: Words) -> None:
    """Nobody answers in time; the head is told, and both are seen beside the chat."""
    await page.locator("#card-2-1").click()
    moved_at = time.monotonic()
    await page.locator("#clock-plus_30").click()
    await expect(page.locator("#notices")).to_contain_text(words.notice, timeout=PATIENCE_MS)
    print(f"\nfrom moving the clock to the notification: {time.monotonic() - moved_at:.2f} s")  # noqa: T201  # the measured figure
    await expect(run_of(page, 1)).to_contain_text(words.done, timeout=PATIENCE_MS)
    await page.screenshot(path=_picture(f"demo-{words.lang}-3-escalated"))


def _picture(name: str) -> Path:
    PICTURES.mkdir(exist_ok=True)
    return PICTURES / f"{name}.png"
