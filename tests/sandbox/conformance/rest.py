"""The conventions of REST: how it is asked, how it answers, what it limits."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


@rule(
    "platform.md 4",
    "JSON, forms, GET, a token in the body, the query or the header: all are taken, with or without .json",
)
async def ways(w: World) -> None:
    access = w.admin.access
    answers = [
        await w.http.post("/rest/user.admin", json={"auth": access}),
        await w.http.post("/rest/user.admin.json", data={"auth": access}),
        await w.http.get("/rest/user.admin", params={"auth": access}),
        await w.http.post("/rest/user.admin", headers={"Authorization": f"Bearer {access}"}),
    ]
    assert [one.json()["result"] for one in answers] == [True] * 4


@rule("platform.md 4", "Broken JSON is ignored in silence")
async def broken(w: World) -> None:
    said: httpx.Response = await w.http.post(
        f"/rest/feature.get?auth={w.admin.access}", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (said.status_code, said.json()["error"]) == (400, "ERROR_ARGUMENT")


@rule("platform.md 4", "A success has result and time; lists have total and next besides")
def envelope(w: World) -> None:
    _, said = w.admin.try_("user.get")
    assert set(said) == {"result", "total", "time"}
    assert set(said["time"]) == {
        "start",
        "finish",
        "duration",
        "processing",
        "date_start",
        "date_finish",
        "operating_reset_at",
        "operating",
    }


@rule("platform.md 4", "A page has fifty rows, start is an offset, start=-1 counts nothing")
def pages(w: World) -> None:
    for number in range(60):
        w.admin("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": str(number)})
    where: dict[str, Any] = {"filter": {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}}
    _, first = w.admin.try_("crm.timeline.comment.list", **where)
    _, second = w.admin.try_("crm.timeline.comment.list", **where, start=50)
    _, uncounted = w.admin.try_("crm.timeline.comment.list", **where, start=-1)
    assert (len(first["result"]), first["next"], first["total"]) == (50, 50, 60)
    assert (len(second["result"]), "next" in second) == (10, False)
    assert (len(uncounted["result"]), uncounted["total"], "next" in uncounted) == (50, 0, False)


@rule("platform.md 4", "An unknown method is 404, a scope that was not granted 403")
def unknown(w: World) -> None:
    assert w.admin.refused("crm.nothing.get") == (404, "ERROR_METHOD_NOT_FOUND")
    w.app.scope = ("im",)
    assert w.admin.refused("crm.item.get", entityTypeId=2, id=1) == (403, "insufficient_scope")


@rule("platform.md 4", "Fifty requests at once, two a second after that; a batch is one of them")
def bucket(w: World) -> None:
    w.portal.switches.limits = True
    ask = w.admin
    for _ in range(50):
        ask.batch({"a": "profile", "b": "user.admin"})
    status, said = ask.try_("profile")
    assert (status, said["error"]) == (503, "QUERY_LIMIT_EXCEEDED")
    w.portal.bucket.level -= 1
    ask("profile")


@rule(
    "platform.md 4",
    "A method that worked too long in ten minutes is refused with 429 until its reset; commands of batches count",
)
def operating(w: World) -> None:
    w.portal.switches.limits = True
    w.portal.operating.threshold = 1
    ask = w.admin
    said = ask.batch({str(n): "tasks.task.add?fields[TITLE]=x&fields[RESPONSIBLE_ID]=8" for n in range(4)})
    assert list(said["result_error"]) == ["3"]
    status, refused = ask.try_("tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": 8})
    assert (status, refused["error"]) == (429, "OPERATION_TIME_LIMIT")
    assert refused["time"]["operating_reset_at"] > w.portal.now().timestamp()
    w.later(minutes=10)
    ask("tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": 8})


@rule("platform.md 4", "REST is for commercial plans: else 403 ACCESS_DENIED", switch="plan_has_rest")
def plan(w: World) -> None:
    w.portal.switches.plan_has_rest = False
    assert w.admin.refused("profile") == (403, "ACCESS_DENIED")


@rule("platform.md 4", "System errors have their own statuses")
async def system_errors(w: World) -> None:
    expected = {
        "INTERNAL_SERVER_ERROR": 500,
        "OVERLOAD_LIMIT": 503,
        "INVALID_CREDENTIALS": 403,
        "NO_AUTH_FOUND": 401,
        "METHOD_CONFIRM_WAITING": 401,
        "ERROR_CORE": 400,
    }
    for code, status in expected.items():
        await w.http.post("/_sandbox/faults", json={"method": "profile", "kind": f"error:{code}"})
        assert w.admin.refused("profile") == (status, code)


@rule("platform.md 4", "Answers that are no JSON, dropped and cut connections occur")
async def no_json(w: World) -> None:
    for kind, status in (("html_502", 502), ("html_200", 200)):
        await w.http.post("/_sandbox/faults", json={"kind": kind})
        said = await w.http.post("/rest/profile", json={"auth": w.admin.access})
        assert (said.status_code, said.headers["content-type"].partition(";")[0]) == (status, "text/html")


@rule("platform.md 4", "A webhook with a wrong secret has INVALID_CREDENTIALS and 403")
def webhook(w: World) -> None:
    ask = w.admin
    ask.access = "1/wrong"
    assert ask.refused("profile") == (403, "INVALID_CREDENTIALS")


@rule("platform.md 5.3", "profile and user.admin need no scope; user.current needs one of user")
def who_am_i(w: World) -> None:
    w.app.scope = ("im",)
    assert w.anna("profile")["ADMIN"] is False
    assert w.anna("user.admin") is False
    assert w.anna.refused("user.current")[1] == "insufficient_scope"
    w.app.scope = ("user_brief",)
    assert w.anna("user.current")["NAME"] == "Анна"
