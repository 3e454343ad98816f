"""Spans of a whole story: each link of it is there, and no secret and nothing that anybody said is in any of them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from core import tracing
from core.otel import Kept
from core.robots import Outcome
from server.traced import Traced
from tests.core.runs.probe import Context, Probe
from tests.portal_kit import migrated_file
from tests.town import PORTAL, SERVICE, Town

__all__ = ["migrated_file"]

CLIENT_SAID, CLIENT_IS, STAFF_SAID, WE_SAY = (
    "канарейка слов",
    "Канарейка Имени",
    "канарейка шёпота",
    "Канарейка ответа",
)
FORGED = "CANARY0forged0token0" + "f" * 40


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    spans = Kept(SimpleSpanProcessor(memory))
    tracing.keep(spans)
    yield memory
    tracing.keep(None)
    spans.close()


@pytest.fixture
async def town(kept: InMemorySpanExporter, migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town that is traced from its first request on."""
    file, probe = shutil.copy(migrated_file, tmp_path / "town.db"), Probe()
    probe.first = _blurts
    async with Town.open(f"sqlite+aiosqlite:///{file}", robots={probe.code: probe}) as town:
        yield town


async def _blurts(ctx: Context) -> Outcome:
    """Fail as a robot does that puts everything it knows into its complaint."""
    dialog = await ctx.dialog()
    raise ValueError(f"{CLIENT_SAID} {CLIENT_IS} {dialog!r}")


def names(spans: tuple[ReadableSpan, ...]) -> set[str]:
    return {span.name for span in spans}


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


async def told(town: Town) -> list[str]:
    """Play: a client writes, an employee whispers, robots answer and fail, strangers knock; the secrets of it all."""
    deal = await town.deal(says=f"Где договор? {CLIENT_SAID}", client=CLIENT_IS)
    await town.employee_says(deal, STAFF_SAID, hidden=True)
    await town.place("send_message", text=WE_SAY)
    await town.move(deal)
    await town.settle()
    assert [sent["text"] for sent in await town.outbox(deal)] == [WE_SAY]
    await town.place("probe", word=WE_SAY)
    await town.move(await town.deal(says=CLIENT_SAID, client=CLIENT_IS))
    await town.settle()
    frame = (await town.read("frame"))["fields"]
    session = await town.read("session")
    process = await town.process(deal)
    async with town.wire.client(SERVICE) as strangers:
        await strangers.post(f"/b24/robot/{FORGED}", data={"event_token": FORGED, "code": FORGED})
        await strangers.post(f"/b24/app?APP_SID={FORGED}&DOMAIN={FORGED}", data=frame)
        await strangers.post("/b24/install", data={"AUTH_ID": FORGED, "member_id": frame["member_id"]})
        await strangers.get(f"/ui/runs?q={FORGED}", headers={"Authorization": f"Bearer {FORGED}"})
        await strangers.get(f"/nowhere/{FORGED}", headers={"User-Agent": FORGED, "traceparent": f"00-{'a' * 32}-b-01"})
        await strangers.request(f"{FORGED[:20]}", "/b24/install")
    settings = town.base.settings
    return [
        settings.client_secret.get_secret_value(),
        frame["AUTH_ID"],
        frame["REFRESH_ID"],
        frame["APPLICATION_TOKEN"],
        session["AUTH_ID"],
        process["token"],
        *town.portal.oauth._by_access,
        *town.portal.oauth._by_refresh,
        FORGED,
        FORGED[:20],
    ]


async def test_no_secret_and_no_word_of_anybody_is_in_a_span(town: Town, kept: InMemorySpanExporter) -> None:
    secrets = await told(town)
    assert len(secrets) > 10
    spans = kept.get_finished_spans()
    written = "\n".join(span.to_json() + repr(span.events) + repr(span.status.description) for span in spans)
    for hidden in (*secrets, CLIENT_SAID, CLIENT_IS, STAFF_SAID, WE_SAY, PORTAL.removeprefix("https://")):
        assert hidden not in written
        assert hidden.encode("unicode_escape").decode() not in written
    # A canary that never sang proves nothing.
    assert {
        "POST /b24/robot/{code}",
        "POST /b24/app",
        "GET",
        "accept send_message",
        "run send_message",
        "run probe",
        "step first",
        "answer a process",
        "REST imopenlines.crm.message.add",
    } <= names(spans)
    failed = {attributes(span).get("error.type") for span in spans if span.name == "step first"}
    assert "ValueError" in failed


async def test_a_call_can_be_followed_to_what_it_did_in_the_portal(town: Town, kept: InMemorySpanExporter) -> None:
    kept.clear()
    card = await town.fire("send_message", text=WE_SAY)
    spans = kept.get_finished_spans()
    [accepted] = [span for span in spans if span.name == "accept send_message"]
    turns = [span for span in spans if span.name == "run send_message"]
    sent = [span for span in spans if span.name == "REST imopenlines.crm.message.add"]
    calls = [span for span in spans if span.name == "POST /b24/robot/{code}"]
    assert [link.context for link in accepted.links] == [call.get_span_context() for call in calls]
    for turn in turns:
        [link] = turn.links
        assert accepted.context is not None
        assert link.context.trace_id == accepted.context.trace_id
        assert link.context.span_id == accepted.context.span_id
    assert [span.parent for span in sent] == [turn.get_span_context() for turn in turns[: len(sent)]]
    for span in (accepted, *turns, *sent):
        assert attributes(span)["dezhurny.run"] == card.run.id
        assert attributes(span)["dezhurny.portal"] == card.run.portal_id
    [call] = calls
    assert attributes(call) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/b24/robot/{code}",
    }


async def test_of_a_request_only_its_route_and_how_it_ended_are_told(kept: InMemorySpanExporter) -> None:
    async def broken(request: Request) -> Response:
        return Response(status_code=503)

    app = Traced(
        Starlette(routes=[Route("/a/{name}", broken), Mount("/files", Starlette()), Route("/healthz", broken)])
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as client:
        for path in ("/a/Olga?q=1", "/files/secret.txt", "/healthz", "/nowhere"):
            await client.get(path)
    assert [(span.name, attributes(span).get("error.type")) for span in kept.get_finished_spans()] == [
        ("GET /a/{name}", "503"),
        ("GET /files", None),
        ("GET", None),
    ]
