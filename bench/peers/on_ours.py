"""Dezhurny: the whole worker, with a robot that writes to a client as an operator does, at most once.

What the others write into the ledger themselves, a portal of our own writes here: the effect is a request to it, and
after a crash it is asked what happened.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert

from bench.peers.effect import TIMERS, due_at
from core.bitrix24.secret import Secret
from core.config import Settings, load
from core.db import Database
from core.db.migrate import migrate
from core.effects import SendAsOperator
from core.portals.info import info_of
from core.portals.keyring import Keyring
from core.portals.registration import fingerprint
from core.portals.tables import Portal
from core.portals.tokens import TokenPair, save_tokens
from core.robots import Act, Ctx, Done, Input, Outcome, Output, Robot, State, prop, step
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs import rows
from workers.main import run_worker

#: As many lanes as it takes to stay within what a portal lets through.
PORTALS: Final = 60
OPERATOR: Final = 8
BECAUSE: Final = Text("Время пришло.", "It is time.")


class TimerInput(Input):
    number: int = prop(0, ru="Номер", en="Number")


class Timer(Robot[TimerInput, State, Output]):
    """Writes one message when it is time."""

    code = "timer"
    name = Text(ru="Таймер", en="Timer")
    about = Text(ru="Пишет, когда пора.", en="Writes when it is time.")

    @step("first")
    async def fire(self, ctx: Ctx[TimerInput, State]) -> Outcome:
        number = ctx.input.number
        message = SendAsOperator(
            chat_id=number + 1,
            session_id=number + 1,
            text=str(number),
            crm_type="DEAL",
            crm_id=number + 1,
            user_id=OPERATOR,
        )
        return Act((message,), then=self.end, because=BECAUSE)

    @step("second")
    async def end(self, ctx: Ctx[TimerInput, State]) -> Outcome:
        sent = all(result.done for result in ctx.results)
        return Done("done" if sent else "skipped", BECAUSE)


ROBOTS: Final = {Timer.code: Timer()}


async def put() -> None:
    """Install portals and let the timers wait, each a run that was accepted and has nothing to do before."""
    settings = load(None)
    await migrate(settings.database_url)
    keyring, later = Keyring(settings.key_ring), datetime.now(UTC) + timedelta(days=1)
    async with Database(settings.database_url) as database:
        tokens = {}
        for number in range(PORTALS):
            portal = _portal(f"p{number:02}", settings, keyring)
            await rows.store(database, portal)
            vault = keyring.vault(portal.data_key, portal.id)
            pair = TokenPair(Secret(f"access-{portal.id}"), Secret(f"refresh-{portal.id}"), later)
            await save_tokens(vault, database, user_id=portal.admin_user_id, pair=pair, at=datetime.now(UTC))
            tokens[portal.id] = vault.seal(Secret("65f0a1|A1|sign"), "run.event_token")
        async with database.session() as session:
            runs = [_run(number, list(tokens)[number % PORTALS], tokens) for number in range(TIMERS)]
            await (await session.connection()).execute(insert(Run), runs)


def _portal(name: str, settings: Settings, keyring: Keyring) -> Portal:
    (place,) = settings.allowed_portals
    portal = rows.portal(
        name,
        member_id=name.rjust(32, "0"),
        origin=place,
        client_endpoint=f"{place}/{name}/rest/",
        oauth_host=settings.oauth_hosts[0],
        data_key=keyring.new_data_key(name),
    )
    portal.robots_fingerprint = fingerprint(info_of(portal, keyring), ROBOTS.values(), settings.public_url)
    return portal


def _run(number: int, portal: str, tokens: dict[str, bytes]) -> dict[str, Any]:
    made = rows.waiting(
        portal,
        robot=Timer.code,
        properties={"number": str(number)},
        step="",
        state={},
        origin="strong",
        answered=True,
        event_token=tokens[portal],
        wake_at=due_at(number),
        expires_at=due_at(number) + timedelta(days=30),
    )
    return {name: value for name, value in made.__dict__.items() if name != "_sa_instance_state"}


async def work() -> None:
    logging.basicConfig(level=logging.INFO)
    await run_worker(load(None), robots=ROBOTS)


if __name__ == "__main__":
    asyncio.run({"put": put, "work": work}[sys.argv[1]]())
