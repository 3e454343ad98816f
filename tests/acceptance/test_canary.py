"""Secrets, and what people said, after a whole story: in which column each lies, and that it lies nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import redis.asyncio

from tests.acceptance.call import held_call
from tests.acceptance.service import CLIENT_SECRET, METRICS_TOKEN, Service
from tests.acceptance.story import Story

CLIENT_SAID, CLIENT_IS = "канарейка слов", "Канарейка Имени"
STAFF_SAID, WE_SAY = "канарейка шёпота", "Канарейка ответа"
FORGED = "CANARY0forged0token0" + "f" * 40
#: What may lie where: a robot's properties for as long as its payload is kept, and the title of the dialog, which holds
#: the client's name, in the log that people read.
ALLOWED = {WE_SAY: {"run.properties"}, CLIENT_IS: {"run.title", "run_event.text", "run_event.data"}}


async def told(story: Story) -> dict[str, str]:
    """Play: a client writes, an employee whispers, a robot answers, strangers knock; returns every secret by name."""
    deal = await story.deal(says=f"Где договор? {CLIENT_SAID}", client=CLIENT_IS)
    await story.employee_says(deal, STAFF_SAID, hidden=True)
    call = await held_call(story, "send_message", deal, text=WE_SAY)
    await story.order("queue", paused=False)
    await story.ended(deal)
    assert [sent["text"] for sent in await story.outbox(deal)] == [WE_SAY]
    answers = [
        await replace(call, application_token=FORGED).post(story.api),
        await call.with_token(f"65a1b2.1|A1_2|{FORGED}").post(story.api),
        await replace(call, code=FORGED).with_token("").post(story.api),
        await story.api.post("/b24/install", data={"AUTH_ID": FORGED, "member_id": call.member_id}),
        await story.api.post("/b24/event", data={"event": FORGED, "auth[application_token]": FORGED}),
        await story.api.post("/b24/app", data={"AUTH_ID": FORGED, "member_id": call.member_id, "PLACEMENT": FORGED}),
        await story.api.get(f"/ui/runs?q={FORGED}", headers={"Authorization": f"Bearer {FORGED}"}),
        await story.api.get("/readyz"),
    ]
    for answer in answers:
        assert FORGED not in answer.text
        assert call.application_token not in answer.text
    frame = (await story.read("frame"))["fields"]
    session = await story.read("session")
    return {
        "the client secret": CLIENT_SECRET,
        "the token of the metrics": METRICS_TOKEN,
        "the secret of the portal": call.application_token,
        "the token of the call": call.event_token,
        "a token of the frame": frame["AUTH_ID"],
        "a refresh token of the frame": frame["REFRESH_ID"],
        "a token of a session": session["AUTH_ID"],
        "a session of ours": await story.token(),
        "a forged token": FORGED,
    }


def columns(service: Service) -> dict[str, list[str]]:
    """Everything in the database, by table and column, as text."""
    found = {}
    for table, column in service.backend.columns():
        rows = service.backend.sql(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
        found[f"{table}.{column}"] = ["|".join(row) for row in rows]
    assert len(found) > 150
    return found


def where(word: str, database: Mapping[str, list[str]]) -> set[str]:
    forms = {word, word.encode("unicode_escape").decode(), word.encode().hex()}
    return {place for place, values in database.items() if any(form in value for value in values for form in forms)}


async def in_redis(service: Service) -> str:
    url = service.backend.redis_url or f"unix://{service.folder / 'valkey.sock'}"
    async with redis.asyncio.Redis.from_url(url) as client:
        keys = [key async for key in client.scan_iter()]
        return " ".join([repr(key) + repr(await client.dump(key)) for key in keys])


def in_logs(folder: Path) -> str:
    return "".join((folder / f"{name}.log").read_text(encoding="utf-8") for name in ("serve", "worker"))


async def in_metrics(story: Story) -> str:
    answer = await story.api.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    return answer.text


async def test_nothing_lies_where_it_should_not(story: Story) -> None:
    secrets = await told(story)
    database = await asyncio.to_thread(columns, story.service)
    elsewhere = in_logs(story.service.folder) + await in_redis(story.service) + await in_metrics(story)
    assert "Answering" in elsewhere
    assert "dezhurny_runs_total" in elsewhere
    assert "a robot call that no portal sends" in elsewhere
    for name, secret in secrets.items():
        assert where(secret, database) == set(), name
        assert secret not in elsewhere, name
    for said in (CLIENT_SAID, STAFF_SAID, WE_SAY, CLIENT_IS):
        assert where(said, database) <= ALLOWED.get(said, set()), said
        assert said not in elsewhere
    # A canary that never sang proves nothing.
    assert where(WE_SAY, database) == ALLOWED[WE_SAY]
