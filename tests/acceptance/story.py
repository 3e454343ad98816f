"""A story told over sockets: people in the portal, and what the service shows of it through its own API."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx

from tests.acceptance.service import Service
from tests.portal_side import DEAL, NEW, Deal, PortalSide

T = TypeVar("T")
Record = Callable[[str, float], None]
_IN_STEP = timedelta(seconds=5)
OPEN = ("waiting", "running", "retrying", "parked", "unknown", "held")


class Story(PortalSide):
    """One test's view of a service; the portal is empty when it begins."""

    def __init__(self, service: Service, portal: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
        super().__init__(portal)
        self.service = service
        self.api = api
        self._tokens: dict[str, str] = {}

    # The service's own API -----------------------------------------------------------------------------------------

    async def token(self, language: str = "ru") -> str:
        """A session of the director, as a page in the portal's frame gets it."""
        if language not in self._tokens:
            told = await self.read("session")
            claim = {name: told[name] for name in ("AUTH_ID", "DOMAIN", "member_id", "APP_SID")}
            answer = await self.api.post("/ui/session", json={**claim, "LANG": language})
            assert answer.status_code == 200, answer.text
            self._tokens[language] = answer.json()["token"]
        return self._tokens[language]

    def forget_tokens(self) -> None:
        """Sessions end with an installation."""
        self._tokens.clear()

    async def ask(self, path: str, *, language: str = "ru", **query: str | int) -> Any:
        headers = {"Authorization": f"Bearer {await self.token(language)}"}
        answer = await self.api.get(path, params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def press(self, path: str, **body: str) -> None:
        headers = {"Authorization": f"Bearer {await self.token()}"}
        answer = await self.api.post(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def runs(self, deal: Deal | None = None, *statuses: str) -> list[Any]:
        """Runs, newest first: of one deal or of all, with any of these statuses."""
        wanted = [f"deal:{deal.id}"] if deal else []
        query = " ".join([*wanted, *(f"status:{status}" for status in statuses)])
        found: list[Any] = (await self.ask("/api/runs", limit=100, q=query))["items"]
        return found

    async def run(self, deal: Deal) -> Any:
        """The only run of a deal, with its log."""
        runs = await self.runs(deal)
        assert len(runs) == 1, [(run["robot"], run["status"]) for run in runs]
        return await self.ask(f"/api/runs/{runs[0]['id']}")

    async def log(self, deal: Deal, language: str = "ru") -> str:
        """What a person reads of the deal's run, a line each."""
        run = await self.ask(f"/api/runs/{(await self.run(deal))['id']}", language=language)
        return "\n".join(event["text"] for event in run["events"])

    # Waiting ----------------------------------------------------------------------------------------------------

    async def until(self, look: Callable[[], Awaitable[T]], what: str, *, within: float = 100.0) -> T:
        """Look again and again until there is something to see, and return it."""
        deadline = time.monotonic() + within
        while not (found := await look()):
            assert time.monotonic() < deadline, f"{what}: not within {within} s\n{await self.last_words()}"
            await asyncio.sleep(0.03)
        return found

    async def _is_heard(self) -> bool:
        page = await self.api.get("/ui/runs", headers={"Authorization": f"Bearer {await self.token()}"})
        told = re.search('data-now="([^"]+)"', page.text)
        return told is not None and await self._is_now(told[1])

    async def _is_now(self, told: str) -> bool:
        return abs(await self.now() - datetime.fromisoformat(told)) < _IN_STEP

    async def last_words(self) -> str:
        """The logs of the newest runs and of the processes, for whoever has to find out why."""
        logs: list[str] = []
        # Where even this cannot be asked, the processes say why.
        with suppress(AssertionError, httpx.HTTPError):
            for line in (await self.runs())[:3]:
                run = await self.ask(f"/api/runs/{line['id']}", language="en")
                logs.append("\n".join([f"--- {run['status']}", *(event["text"] for event in run["events"])]))
        return "\n".join([*logs, self.service.last_words()])

    async def stands(self, deal: Deal, *statuses: str, within: float = 100.0) -> Any:
        """Wait until the deal's run has one of these statuses, and return it."""

        async def look() -> Any:
            runs = await self.runs(deal)
            return await self.run(deal) if runs and runs[0]["status"] in statuses else None

        return await self.until(look, f"a run that is {' or '.join(statuses)}", within=within)

    async def answered(self, deal: Deal) -> Any:
        """Wait until the deal's process has its answer, and return what it got."""

        async def look() -> Any:
            process = await self.process(deal)
            return process["returned"] if process and process["returned"] else None

        return await self.until(look, "an answer to the process")

    async def begun(self, code: str, deal: Deal, **properties: Any) -> Any:
        """Place a robot, move the deal onto its stage, and wait until its run has looked and waits for something."""
        await self.place(code, **properties)
        await self.move(deal)

        async def look() -> Any:
            run = await self.run(deal) if await self.runs(deal) else {"events": []}
            return run if any(event["kind"] == "waits" for event in run["events"]) else None

        return await self.until(look, "a run that waits")

    async def calling(self, deal: Deal, **properties: Any) -> None:
        """Have a message to the deal's client on its way, and wait until its call has left the worker."""
        await self.place("send_message", text="Здравствуйте! Документы готовы.", **properties)
        await self.move(deal)

        async def look() -> bool:
            effects = (await self.run(deal))["effects"] if await self.runs(deal) else []
            return any(effect["state"] == "prepared" for effect in effects)

        await self.until(look, "a call under way")

    async def in_step(self) -> None:
        """Wait until web side and worker have heard that the clock was moved: both write their time into a run.

        They ask for it twice a second. The web side is looked at before a call comes to it: one that it takes in by a
        clock that was put back meanwhile would wait until that time comes again.
        """
        await self.until(self._is_heard, "the clock of the web side")
        await self.place("dialog_state", stage=NEW)

        async def look() -> bool:
            scratch = await self.deal(dialog=False)
            await self.until(lambda: self.runs(scratch), "a run that tells the time")
            run = await self.run(scratch)
            if await self._is_now(run["created_at"]):
                run = await self.ended(scratch)
            await self.order("items/delete", entityTypeId=DEAL, id=scratch.id)
            return run["finished_at"] is not None and await self._is_now(run["finished_at"])

        await self.until(look, "the clocks in step")
        await self.order("automation", entityTypeId=DEAL, stageId=NEW, robots=[])

    async def done(self, code: str, deal: Deal, **properties: Any) -> Any:
        """Place a robot, move the deal onto its stage, and wait until its run is over."""
        await self.place(code, **properties)
        await self.move(deal)
        return await self.ended(deal)

    async def ended(self, deal: Deal) -> Any:
        return await self.stands(deal, "done", "skipped", "cancelled", "failed", "rejected", "refused")

    # Begin and end ----------------------------------------------------------------------------------------------

    async def open_book(self) -> None:
        """Whatever another story has broken, held back or bent is whole and straight again."""
        self.service.mend()
        await self.order("queue", paused=False)
        await self.order("faults", kind="none")
        await self.switch(deliver_twice=False, old_core=False)
        await self.in_step()

    async def close_book(self) -> None:
        """Stop what still waits, so that the next story finds an empty portal."""
        self.service.mend()
        await self.until(self._all_over, "the end of all runs")

    async def _all_over(self) -> bool:
        open_runs = await self.runs(None, *OPEN)
        for run in open_runs:
            headers = {"Authorization": f"Bearer {await self.token()}"}
            # It may end by itself at this very moment.
            await self.api.post(f"/api/runs/{run['id']}/cancel", json={"reason": "the story is over"}, headers=headers)
        return not open_runs
