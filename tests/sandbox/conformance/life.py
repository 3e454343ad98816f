"""Life of an application: pages, installation, updates, tokens, the portal's address."""

from __future__ import annotations

import time
from typing import Any

from sandbox.apps import App
from sandbox.demo import ANNA, DIRECTOR
from sandbox.oauth import OAuth
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World
from tests.sandbox.conftest import HANDLER, SCOPE, Asker


async def opened(w: World, **query: Any) -> dict[str, Any]:
    """The form that opens a page of the application."""
    said: dict[str, Any] = (await w.http.get("/_sandbox/frame", params=query)).json()
    return said


def refreshed(w: World, refresh: str, **changes: str) -> tuple[int, dict[str, Any]]:
    form = {"grant_type": "refresh_token", "client_id": "local.1", "client_secret": "secret", "refresh_token": refresh}
    status, said = w.portal.oauth.exchange({**form, **changes})
    return status, dict(said)


@rule(
    "platform.md 3.1",
    "A page is opened by a POST with DOMAIN, PROTOCOL, LANG, APP_SID in the query, tokens in the body",
)
async def page(w: World) -> None:
    form = await opened(w)
    assert set(dict(part.split("=") for part in form["action"].partition("?")[2].split("&"))) == {
        "DOMAIN",
        "PROTOCOL",
        "LANG",
        "APP_SID",
    }
    assert set(form["fields"]) == {
        "AUTH_ID",
        "AUTH_EXPIRES",
        "REFRESH_ID",
        "SERVER_ENDPOINT",
        "APPLICATION_TOKEN",
        "APPLICATION_SCOPE",
        "member_id",
        "status",
        "PLACEMENT",
        "PLACEMENT_OPTIONS",
    }
    assert form["fields"]["PLACEMENT"] == "DEFAULT"


@rule(
    "platform.md 3.1",
    "Older portals send no endpoint, application token and scope to pages",
    switch="pages_carry_application_token",
)
async def older_pages(w: World) -> None:
    assert "APPLICATION_TOKEN" in (await opened(w))["fields"]
    w.portal.switches.pages_carry_application_token = False
    missing = {"SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE"}
    assert not missing & (await opened(w))["fields"].keys()


@rule("platform.md 3.1", "Tokens of a page are those of whoever opened it, with his rights")
async def tokens_of_a_page(w: World) -> None:
    asker = w.anna
    asker.access = (await opened(w, user_id=ANNA))["fields"]["AUTH_ID"]
    assert asker("user.admin") is False


@rule("platform.md 3.1", "Before installFinish binding works and nothing is delivered")
async def before_finish(w: World) -> None:
    w.app.installed = False
    w.listen("ONCRMDEALUPDATE")
    w.move("C3:WORK", deal=3)
    assert await w.events("ONCRMDEALUPDATE") == []
    assert w.admin("app.info")["INSTALLED"] is False
    await w.http.post("/_sandbox/install/finish")
    w.move("C3:WON", deal=3)
    assert len(await w.events("ONCRMDEALUPDATE")) == 1


@rule("platform.md 3.2", "An application without pages gets ONAPPINSTALL with all tokens of the installing user")
async def installation(w: World) -> None:
    app = App("local.2", "s", "b" * 32, SCOPE, "", f"{HANDLER}/install")
    w.portal.apps.install(app, by=w.portal.people.users[DIRECTOR])
    (form,) = await w.events("ONAPPINSTALL")
    assert set(form["data"]) == {"VERSION", "ACTIVE", "INSTALLED", "LANGUAGE_ID"}
    assert {"access_token", "refresh_token", "member_id", "application_token"} <= form["auth"].keys()
    assert form["auth"]["user_id"] == str(DIRECTOR)


@rule("platform.md 3.3", "ONAPPUPDATE brings all tokens and a new application_token")
async def update(w: World) -> None:
    w.listen("ONAPPUPDATE")
    old = w.app.application_token
    w.portal.apps.update()
    (form,) = await w.events("ONAPPUPDATE")
    assert form["data"]["PREVIOUS_VERSION"] == "1"
    assert "refresh_token" in form["auth"]
    assert form["auth"]["application_token"] not in ("", old)


@rule("platform.md 3.3", "ONAPPUNINSTALL has no tokens but the application_token; REST is dead by then")
async def uninstall(w: World) -> None:
    w.listen("ONAPPUNINSTALL")
    ask = w.admin
    w.portal.apps.uninstall(clean=True)
    (form,) = await w.events("ONAPPUNINSTALL")
    assert form["data"]["CLEAN"] == "1"
    assert set(form["auth"]) == {
        "domain",
        "server_endpoint",
        "status",
        "client_endpoint",
        "member_id",
        "application_token",
    }
    assert ask.refused("profile") == (401, "APPLICATION_NOT_FOUND")


@rule("platform.md 3.4", "app.info names the client, the portal and the user of a token")
def app_info(w: World) -> None:
    said = w.anna("app.info")
    assert (said["client_id"], said["user_id"]) == ("local.1", ANNA)
    assert said["install"]["member_id"] == w.portal.member_id
    assert said["install"]["client_endpoint"] == w.portal.endpoint


@rule("platform.md 3.5", "A code lives thirty seconds and works once")
async def codes(w: World) -> None:
    went = await w.http.get("/oauth/authorize/", params={"client_id": "local.1", "state": "s"})
    assert went.status_code == 302
    code = went.headers["location"].partition("code=")[2].partition("&")[0]
    assert refreshed(w, "", grant_type="authorization_code", code=code)[0] == 200
    assert refreshed(w, "", grant_type="authorization_code", code=code)[1]["error"] == "invalid_grant"


@rule("platform.md 3.5", "Access tokens live an hour, refresh tokens 180 days")
def lives(w: World) -> None:
    token = w.portal.oauth.issue(w.app, w.portal.people.users[1])
    assert round(token.expires - time.time()) == 3_600
    assert round(token.refresh_expires - time.time()) == 180 * 86_400
    assert isinstance(w.portal.oauth, OAuth)


@rule(
    "platform.md 3.5",
    "Each refresh gives a new pair; whether the old one still works is not known",
    switch="old_refresh_token_dies",
)
def rotation(w: World) -> None:
    token = w.portal.oauth.issue(w.app, w.portal.people.users[1])
    status, said = refreshed(w, token.refresh)
    assert (status, said["expires_in"]) == (200, 3_600)
    assert said["refresh_token"] != token.refresh
    assert refreshed(w, token.refresh)[1]["error"] == "invalid_grant"
    w.portal.switches.old_refresh_token_dies = False
    assert refreshed(w, token.refresh)[0] == 200


@rule("platform.md 3.5", "The answer's domain is that of the OAuth server; tokens of a fired user are not renewed")
def renewal(w: World) -> None:
    token = w.portal.oauth.issue(w.app, w.portal.people.users[ANNA])
    assert set(refreshed(w, token.refresh)[1]) == {
        "access_token",
        "expires",
        "expires_in",
        "scope",
        "domain",
        "server_endpoint",
        "status",
        "client_endpoint",
        "member_id",
        "user_id",
        "refresh_token",
    }
    second = w.portal.oauth.issue(w.app, w.portal.people.users[ANNA])
    w.portal.people.users[ANNA].active = False
    assert refreshed(w, second.refresh)[1]["error"] == "invalid_grant"


@rule("platform.md 3.6", "The OAuth server refuses with its own codes; wrong_client comes with HTTP 200")
def oauth_errors(w: World) -> None:
    token = w.portal.oauth.issue(w.app, w.portal.people.users[1])
    refusals = [
        refreshed(w, token.refresh, client_id="x"),
        refreshed(w, token.refresh, client_secret="x"),
        refreshed(w, "x"),
        refreshed(w, token.refresh, grant_type="password"),
    ]
    w.app.paid = False
    refusals.append(refreshed(w, token.refresh))
    w.portal.apps.uninstall()
    refusals.append(refreshed(w, token.refresh))
    assert [(status, said["error"]) for status, said in refusals] == [
        (200, "wrong_client"),
        (400, "invalid_client"),
        (400, "invalid_grant"),
        (400, "invalid_request"),
        (401, "PAYMENT_REQUIRED"),
        (401, "NOT_INSTALLED"),
    ]


@rule(
    "platform.md 3.6",
    "The portal refuses tokens with its own codes: expired, unknown, missing, of nobody, of the shut out",
)
def token_errors(w: World) -> None:
    ask, user = w.anna, w.portal.people.users[ANNA]

    def with_token(access: str) -> tuple[int, str]:
        other = Asker(w.portal, user)
        other.access = access
        return other.refused("profile")

    assert with_token("") == (401, "NO_AUTH_FOUND")
    assert with_token("x") == (401, "invalid_token")
    user.uses_app = False
    assert ask.refused("profile") == (403, "user_access_error")
    user.active = False
    assert ask.refused("profile") == (401, "authorization_error")
    w.portal.oauth.expire(ask.access)
    assert ask.refused("profile") == (401, "expired_token")


@rule("platform.md 3.7", "A renamed portal answers its old address with 302 and keeps its member_id")
async def renamed(w: World) -> None:
    ask, member = w.admin, w.portal.member_id
    w.portal.rename("new.example")
    moved = await w.http.post("/rest/profile", json={"auth": ask.access})
    assert (moved.status_code, moved.headers["location"]) == (302, "http://new.example/rest/profile")
    assert ask("app.info")["install"]["member_id"] == member


@rule("platform.md 3.8", "A box has no limits of requests and of operating time", switch="limits")
def box(w: World) -> None:
    for _ in range(60):
        w.admin("profile")
    w.portal.switches.limits = True
    ask = w.admin
    for _ in range(50):
        ask("profile")
    assert ask.refused("profile") == (503, "QUERY_LIMIT_EXCEEDED")
