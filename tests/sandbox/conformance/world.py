"""What a case works with: the demo portal, people who call its REST, and what reaches the application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from sandbox.apps import App
from sandbox.crm import DEAL, Item
from sandbox.demo import ANNA, DIRECTOR
from sandbox.dialogs import Chat, Line, Session, Status
from sandbox.portal import Portal
from sandbox.rest.answer import execute
from sandbox.wire import Json, decode
from sandbox.workflows import PlacedRobot, RobotRun, Workflow
from tests.sandbox.conftest import HANDLER, Asker, Receiver
from tests.sandbox.demo_dialogs import chat_of, put_into

DEAL_1: dict[str, Any] = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 1}


@dataclass(slots=True)
class World:
    portal: Portal
    app: App
    receiver: Receiver
    http: httpx.AsyncClient

    # Who calls ------------------------------------------------------------------------------------------------------

    def as_(self, user_id: int) -> Asker:
        return Asker(self.portal, self.portal.people.users[user_id])

    @property
    def admin(self) -> Asker:
        return self.as_(DIRECTOR)

    @property
    def anna(self) -> Asker:
        """The operator of deal 1, no administrator."""
        return self.as_(ANNA)

    def webhook(self, method: str, **params: Json) -> tuple[int, Any]:
        """Call without an application, as the administrator's incoming webhook does."""
        status, body = execute(self.portal, method, params, f"{DIRECTOR}/{self.portal.webhook_secret}")
        return status, decode(body)

    # Dialogs --------------------------------------------------------------------------------------------------------

    @property
    def chat(self) -> Chat:
        """The chat of deal 1: Anna has it, the client waits."""
        return chat_of(self.portal, 1)

    def chat_of(self, deal: int) -> Chat:
        return chat_of(self.portal, deal)

    def session(self, chat: Chat | None = None) -> Session:
        session = self.portal.openlines.last_session(chat or self.chat)
        assert session is not None
        return session

    @property
    def line(self) -> Line:
        return self.portal.openlines.lines[22]

    def put(self, status: Status) -> Chat:
        return put_into(self.portal, status)

    def say(self, text: str = "Вопрос", *, deal: int = 1) -> None:
        """Let the client of a deal write."""
        self.portal.openlines.talk.client_writes(self.chat_of(deal), text)

    @property
    def sent(self) -> list[str]:
        """Texts that reached clients."""
        return [one.text for one in self.portal.journal.outbox]

    # CRM and automation ---------------------------------------------------------------------------------------------

    def deal(self, number: int = 1) -> Item:
        return self.portal.crm.items[DEAL, number]

    def move(self, stage: str, deal: int = 1) -> None:
        self.portal.crm.move(self.deal(deal), stage)

    def register(self, code: str = "r", **more: Any) -> None:
        params: dict[str, Any] = {
            "CODE": code,
            "HANDLER": f"{HANDLER}/robot/{code}",
            "NAME": code,
            "USE_SUBSCRIPTION": "Y",
            "AUTH_USER_ID": DIRECTOR,
            "RETURN_PROPERTIES": {"result": {"NAME": "r", "TYPE": "string"}},
        }
        self.admin("bizproc.robot.add", **(params | more))

    def place(self, *robots: PlacedRobot | str, stage: str = "C3:WON") -> None:
        self.portal.bizproc.placed[DEAL, stage] = [
            PlacedRobot(one, {}) if isinstance(one, str) else one for one in robots
        ]

    def fire(self, *robots: PlacedRobot | str, stage: str = "C3:WON") -> Workflow:
        """Place robots on a stage and move deal 1 there."""
        self.place(*(robots or ("r",)), stage=stage)
        self.move(stage)
        return self.portal.bizproc.history[-1]

    def waiting(self, **more: Any) -> RobotRun:
        """Register a robot and let it wait for its answer."""
        self.register(**more)
        return self.fire().runs[0]

    async def forms(self) -> list[dict[str, Any]]:
        """Deliver what waits; all that the application got."""
        await self.portal.queue.drain()
        return self.receiver.forms

    async def events(self, name: str) -> list[dict[str, Any]]:
        return [form for form in await self.forms() if form.get("event") == name]

    def listen(self, *events: str) -> None:
        for event in events:
            self.admin("event.bind", event=event, handler=f"{HANDLER}/event")

    def later(self, **span: float) -> None:
        self.portal.clock.advance(timedelta(**span))
        self.portal.settle()
