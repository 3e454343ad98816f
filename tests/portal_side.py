"""The portal as a test drives it: people who write, move deals and look at what came of it, over its control side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from tests.contracts.methods import BOOK, violations

DIRECTOR, CHIEF, ANNA, DMITRY, SUPPORT, BOT = 1, 7, 8, 9, 12, 300
ACCOUNTING, AROUND_THE_CLOCK = 22, 24
NEW, WORK, WAIT = "C3:NEW", "C3:WORK", "C3:WAIT"
DEAL = 2

QUESTION = "Когда будет готов расчёт?"


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal with the chat and the contact of its client; ``chat`` is 0 when there is no dialog."""

    id: int
    chat: int
    contact: int


class PortalSide:
    """Verbs over ``/_sandbox``; ``client`` reaches the portal over sockets or in place."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def read(self, name: str, **query: str | int) -> Any:
        answer = await self._client.get(f"/_sandbox/{name}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def order(self, name: str, **body: Any) -> Any:
        answer = await self._client.post(f"/_sandbox/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # Time -------------------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.read("clock"))["now"])

    async def advance(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        await self.order("clock", advance_seconds=hours * 3600 + minutes * 60 + seconds)

    async def at(self, local: str) -> None:
        """Set the clock to a moment of the portal's own time, such as ``2026-11-24T17:58:00``."""
        await self.order("clock", now=local)

    # CRM --------------------------------------------------------------------------------------------------------

    async def deal(
        self,
        *,
        says: str = QUESTION,
        dialog: bool = True,
        accepted_by: int = ANNA,
        responsible: int = ANNA,
        line: int = ACCOUNTING,
        connector: str = "telegrambot",
        client: str = "Марина Белова",
        on_contact: bool = False,
    ) -> Deal:
        """Make a deal on the stage NEW; its client has said ``says``, and ``accepted_by`` 0 leaves it in the queue."""
        chat = {
            "line_id": line,
            "connector": connector,
            "client": {"name": client},
            "text": says,
            "accepted_by": accepted_by,
        }
        here = dialog and not on_contact
        made = await self.order(
            "items",
            entityTypeId=DEAL,
            title="Расчёт зарплаты",
            stageId=NEW,
            assignedById=responsible,
            contact={"name": client},
            **({"chat": chat} if here else {}),
        )
        contact = made["contactIds"][0]
        if dialog and on_contact:
            opened = await self.order("chats", **chat, bound=[{"entityTypeId": 3, "id": contact}])
            return Deal(made["id"], opened["id"], contact)
        return Deal(made["id"], made["chats"][0] if here else 0, contact)

    async def place(self, code: str, *, stage: str = WORK, **properties: Any) -> None:
        """Let one robot stand on a stage, with properties as an administrator fills them in."""
        values = {name: _as_filled_in(value) for name, value in properties.items()}
        await self.order("automation", entityTypeId=DEAL, stageId=stage, robots=[{"code": code, "properties": values}])

    async def move(self, deal: Deal, stage: str = WORK) -> None:
        await self.order("items/move", entityTypeId=DEAL, id=deal.id, stageId=stage)

    async def item(self, deal: Deal) -> Any:
        return next(one for one in (await self.read("items"))["items"] if one["id"] == deal.id)

    # Chats ------------------------------------------------------------------------------------------------------

    async def client_says(self, deal: Deal, text: str = QUESTION) -> int:
        return await self._written(deal, author="client", text=text)

    async def employee_says(
        self, deal: Deal, text: str = "Готовим, пришлём.", *, by: int = ANNA, hidden: bool = False
    ) -> int:
        return await self._written(deal, author=str(by), text=text, hidden=hidden)

    async def automaton_says(self, deal: Deal, text: str, *, author: str) -> int:
        """Write as ``system``, ``automatic`` or a bot by its id."""
        return await self._written(deal, author=author, text=text)

    async def _written(self, deal: Deal, **message: Any) -> int:
        number: int = (await self.order(f"chats/{deal.chat}/messages", **message))["id"]
        return number

    async def close(self, deal: Deal, *, by: int = ANNA) -> None:
        await self.order(f"chats/{deal.chat}/close", user_id=by, now=True)

    async def accept(self, deal: Deal, *, by: int = ANNA) -> None:
        await self.order(f"chats/{deal.chat}/accept", user_id=by)

    async def chat(self, deal: Deal) -> Any:
        return next(one for one in (await self.read("view"))["chats"] if one["id"] == deal.chat)

    # What came of it --------------------------------------------------------------------------------------------

    async def outbox(self, deal: Deal | None = None) -> list[Any]:
        """What reached clients, or the client of one deal."""
        messages: list[Any] = (await self.read("outbox"))["messages"]
        return [one for one in messages if deal is None or one["chat_id"] == deal.chat]

    async def ledger(self, *kinds: str) -> list[Any]:
        """What happened in the portal; answers to processes only when asked for by their kind, ``event.send``."""
        effects: list[Any] = (await self.read("ledger"))["effects"]
        wanted = [one for one in effects if (one["kind"] in kinds if kinds else one["kind"] != "event.send")]
        return [one for one in wanted if one["call"] is not None]

    async def notifications(self, user_id: int = 0) -> list[Any]:
        told: list[Any] = (await self.read("notifications"))["notifications"]
        return [one for one in told if user_id in (0, one["user_id"])]

    async def process(self, deal: Deal) -> Any:
        """The first robot of the newest process of a deal: its state, what it returned, its journal."""
        mine = [one for one in (await self.read("processes"))["processes"] if one["itemId"] == deal.id]
        return mine[-1]["robots"][0] if mine else None

    async def calls(self, method: str = "") -> list[Any]:
        found: list[Any] = (await self.read("calls", method=method))["calls"]
        return found

    async def deliveries(self, kind: str = "robot") -> list[Any]:
        return [one for one in (await self.read("deliveries"))["deliveries"] if one["kind"] == kind]

    async def wrong_commands(self) -> list[str]:
        """What the vendor's list of methods does not know of the commands that came in; nothing without the list.

        Faults that a test ordered leave requests half read in the journal; those say nothing about us.
        """
        asked = [one for one in await self.calls() if BOOK.is_dir() and not (one["fault"] and one["method"] == "batch")]
        return sorted({line for one in asked for line in violations(one["method"], one["params"])})

    # Behaviour --------------------------------------------------------------------------------------------------

    async def fault(self, method: str, kind: str, *, times: int = 1, seconds: float = 1) -> None:
        await self.order("faults", method=method, kind=kind, times=times, seconds=seconds)

    async def switch(self, **values: bool | float) -> None:
        await self.order("switches", **values)

    async def workday(self, user_id: int, state: str) -> None:
        await self.order("workday", user_id=user_id, state=state)


def _as_filled_in(value: Any) -> Any:
    match value:
        case bool():
            return "Y" if value else "N"
        case int():
            return str(value)
        case _:
            return value
