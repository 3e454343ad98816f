"""One portal by what is stored of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.checks import portal as checks
from core.checks.check import Check, worst
from core.checks.limits import Busy, Peak, Traffic
from core.checks.portal import portal_checks
from core.clock import FakeClock
from core.db import Database, new_id
from core.portals.scopes import SCOPES
from core.portals.tables import PortalTask, PortalUserToken
from core.texts.text import Text
from tests.core.runs.rows import NOON, effect, portal, run, store, waiting

QUIET = Traffic(0, 0, None, Peak(0, 50, None), None, ())


def told(check: Check) -> tuple[str, str]:
    return check.state, check.what.en


def token(*, days: float) -> PortalUserToken:
    at = NOON - timedelta(days=days)
    return PortalUserToken(
        portal_id="alpha", user_id=1, access_token=b"", refresh_token=b"", expires_at=at, updated_at=at
    )


def asked(**fields: object) -> Traffic:
    values = {"requests": 100, "failed": 0, "last_at": NOON, "peak": Peak(5, 50, NOON), "busy": None, "by_hour": ()}
    return Traffic(**(values | fields))  # type: ignore[arg-type]


ALL_SCOPES = ",".join(scope.code for scope in SCOPES)


@pytest.mark.parametrize(
    ("check", "state", "what"),
    [
        (checks.status(portal()), "ok", "the application works"),
        (checks.status(portal(status="suspended")), "fail", "the application is stopped"),
        (
            checks.status(portal(status="suspended", status_reason="PAYMENT_REQUIRED")),
            "fail",
            "the application is stopped (PAYMENT_REQUIRED)",
        ),
        (checks.token(None, NOON), "fail", "there is no access to the portal"),
        (checks.token(token(days=0.01), NOON), "ok", "access renewed 14 min ago"),
        (checks.token(token(days=2), NOON), "ok", "access renewed 2 days ago"),
        (checks.token(token(days=170), NOON), "warn", "access renewed 170 days ago"),
        (checks.scopes(""), "skip", "the portal has not told the rights yet"),
        (checks.scopes(ALL_SCOPES), "ok", f"all {len(SCOPES)} rights that are needed are given"),
        (checks.scopes("crm, IM,bizproc"), "warn", None),
        (checks.registered(portal(robots_fingerprint="x"), {}), "ok", "the portal has this release's robots"),
        (checks.registered(portal(), {"sync": ""}), "warn", "robots are being brought up to date"),
        (checks.registered(portal(), {"sync": "x: NO"}), "warn", "the portal did not take all robots: x: NO"),
        (checks.calls(QUIET), "ok", "no requests within a day"),
        (checks.calls(asked(failed=10)), "ok", "100 requests within a day, 10 of them failed"),
        (checks.calls(asked(failed=11)), "warn", "100 requests within a day, 11 of them failed"),
        (checks.limit(asked(peak=Peak(39, 50, NOON))), "ok", "peak of requests 39 of 50"),
        (checks.limit(asked(peak=Peak(44, 50, NOON))), "warn", "peak of requests 44 of 50"),
        (checks.operating(asked()), "ok", "no method is overloaded"),
        (
            checks.operating(asked(busy=Busy("crm.item.list", 0.71))),
            "ok",
            "no method is overloaded: the busiest is crm.item.list with 71% of its limit",
        ),
        (checks.operating(asked(busy=Busy("crm.item.list", 0.9))), "warn", "the method crm.item.list is 90% busy"),
        (checks.undecided(0), "ok", "nothing waits for a decision"),
        (checks.undecided(3), "warn", "wait for a person's decision: 3"),
    ],
)
def test_what_is_said(check: Check, state: str, what: str | None) -> None:
    assert check.state == state
    assert what is None or check.what.en == what
    assert bool(check.fix) == bool(check.why) == (state in {"warn", "fail"})


def test_rights_that_lack_are_named_with_what_is_lost() -> None:
    check = checks.scopes(",".join(scope.code for scope in SCOPES if scope.code != "timeman"))
    assert check.what.ru == "нет прав: timeman"
    assert check.why.ru == "без них нельзя: знать, кто сейчас на смене"


def test_the_worst_part_is_the_state_of_the_whole() -> None:
    states = ("ok", "skip", "warn", "fail")
    parts = [Check("x", state, Text("", "")) for state in states]  # type: ignore[arg-type]
    assert [worst(parts[: number + 1]) for number in range(4)] == ["ok", "ok", "warn", "fail"]
    assert worst([]) == "ok"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        yield database


async def test_all_of_one_portal(database: Database) -> None:
    alpha, doubtful = portal("alpha", robots_fingerprint="x"), waiting()
    await store(
        database,
        alpha,
        portal("beta"),
        token(days=1),
        doubtful,
        effect(doubtful, 1, "unknown"),
        foreign := run("beta"),
        effect(foreign, 1, "unknown"),
        PortalTask(id=new_id(), portal_id="beta", kind="sync", due_at=NOON, note="x"),
    )
    found = {check.name: told(check) for check in await portal_checks(database, alpha, FakeClock(NOON))}
    assert found == {
        "portal": ("ok", "the application works"),
        "token": ("ok", "access renewed 1 day ago"),
        "scopes": ("skip", "the portal has not told the rights yet"),
        "robots": ("ok", "the portal has this release's robots"),
        "calls": ("ok", "no requests within a day"),
        "limit": ("ok", "peak of requests 0 of 50"),
        "operating": ("ok", "no method is overloaded"),
        "undecided": ("warn", "wait for a person's decision: 1"),
        "watching": ("ok", "an answer of a client is noticed within 20 s"),
        "lost": ("ok", "calls lost within a day: 0"),
    }
