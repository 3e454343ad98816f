"""A robot call made by hand, as the portal's queue server makes it or as somebody else would like to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import httpx

from tests.acceptance.story import Story
from tests.portal_side import WORK, Deal


@dataclass(frozen=True, slots=True)
class Call:
    """The parts of the form that matter; ``event_token`` and ``application_token`` are what it is believed for."""

    code: str
    document: str
    event_token: str
    member_id: str
    application_token: str
    properties: tuple[tuple[str, str], ...] = ()

    def with_token(self, event_token: str) -> Call:
        return replace(self, event_token=event_token)

    def form(self) -> dict[str, str]:
        return {
            "workflow_id": self.event_token.partition("|")[0],
            "code": self.code,
            "document_id[0]": "crm",
            "document_id[1]": "CCrmDocumentDeal",
            "document_id[2]": self.document,
            "document_type[0]": "crm",
            "document_type[1]": "CCrmDocumentDeal",
            "document_type[2]": "DEAL",
            "event_token": self.event_token,
            **{f"properties[{name}]": value for name, value in self.properties},
            "use_subscription": "Y",
            "timeout_duration": "0",
            "ts": "1795593600",
            "auth[member_id]": self.member_id,
            "auth[application_token]": self.application_token,
        }

    async def post(self, client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"/b24/robot/{self.code}", data=self.form())


async def held_call(story: Story, code: str, deal: Deal, **properties: str) -> Call:
    """Move a deal onto a robot's stage, hold the portal's own call back, and return one that is like it."""
    await story.place(code, **properties)
    await story.order("queue", paused=True)
    await story.move(deal, WORK)
    return await call_of(story, code, deal, **properties)


async def call_of(story: Story, code: str, deal: Deal, **properties: str) -> Call:
    """A call with all that the portal gave to the deal's present process."""
    frame = (await story.read("frame"))["fields"]
    token = (await story.process(deal))["token"]
    told = tuple(properties.items())
    return Call(code, f"DEAL_{deal.id}", token, frame["member_id"], frame["APPLICATION_TOKEN"], told)
