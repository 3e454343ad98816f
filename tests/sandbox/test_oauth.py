"""Tokens: platform.md 3.5, 3.6."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.apps import App
from sandbox.demo import ANNA
from sandbox.oauth import OAuth
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker


class Hands:
    """A clock of real seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands(portal: Portal) -> Hands:
    made = Hands()
    portal.oauth = OAuth(portal, now=made)
    return made


def refresh(portal: Portal, token: str, /, **changes: Any) -> tuple[int, dict[str, Any]]:
    params: dict[str, Any] = {
        "grant_type": "refresh_token",
        "client_id": "local.1",
        "client_secret": "secret",
        "refresh_token": token,
    }
    status, said = portal.oauth.exchange(params | changes)
    return status, dict(said)


def test_an_access_token_lives_an_hour_of_real_time(portal: Portal, hands: Hands) -> None:
    ask = Asker(portal, portal.people.users[1])
    hands.now += 3_599
    assert ask("user.admin") is True
    hands.now += 1
    assert ask.refused("user.admin") == (401, "expired_token")


def test_a_refresh_gives_a_new_pair_and_the_old_one_dies(portal: Portal, hands: Hands, app: App) -> None:
    token = portal.oauth.issue(app, portal.people.users[1])
    status, said = refresh(portal, token.refresh)
    assert status == 200
    assert said["refresh_token"] != token.refresh
    assert (said["expires_in"], said["user_id"], said["member_id"]) == (3600, 1, portal.member_id)
    assert said["expires"] == 1_003_600
    assert said["domain"] == portal.domain
    assert refresh(portal, token.refresh) == (400, {"error": "invalid_grant", "error_description": "Invalid grant"})
    assert refresh(portal, said["refresh_token"])[0] == 200
    portal.switches.old_refresh_token_dies = False
    assert refresh(portal, token.refresh)[0] == 200


def test_a_refresh_token_lives_180_days(portal: Portal, hands: Hands, app: App) -> None:
    token = portal.oauth.issue(app, portal.people.users[1])
    hands.now += 180 * 86_400
    assert refresh(portal, token.refresh)[0] == 400


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "x"}, 400, "invalid_client"),
        ({"client_id": "x"}, 200, "wrong_client"),  # told with HTTP 200
        ({"refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant"),
    ],
)
def test_refusals(portal: Portal, app: App, changes: dict[str, Any], status: int, error: str) -> None:
    token = portal.oauth.issue(app, portal.people.users[1])
    answered, said = refresh(portal, token.refresh, **changes)
    assert (answered, said["error"]) == (status, error)


def test_an_application_that_is_gone_or_unpaid_gets_no_tokens(portal: Portal, app: App) -> None:
    token = portal.oauth.issue(app, portal.people.users[1])
    app.paid = False
    assert refresh(portal, token.refresh)[1]["error"] == "PAYMENT_REQUIRED"
    portal.apps.uninstall()
    status, said = refresh(portal, token.refresh)
    assert (status, said["error"]) == (401, "NOT_INSTALLED")


def test_a_code_works_once_and_for_thirty_seconds(portal: Portal, hands: Hands, app: App) -> None:
    first, second = (portal.oauth.code(app, portal.people.users[1]) for _ in range(2))
    assert refresh(portal, "", grant_type="authorization_code", code=first)[0] == 200
    assert refresh(portal, "", grant_type="authorization_code", code=first)[0] == 400
    hands.now += 30
    assert refresh(portal, "", grant_type="authorization_code", code=second)[0] == 400


def test_tokens_belong_to_users(portal: Portal) -> None:
    anna = Asker(portal, portal.people.users[ANNA])
    assert anna("profile")["ID"] == str(ANNA)
    portal.people.users[ANNA].active = False
    assert anna.refused("profile") == (401, "authorization_error")


@pytest.mark.parametrize(("access", "error"), [("", "NO_AUTH_FOUND"), ("nonsense", "invalid_token")])
def test_calls_without_a_token(portal: Portal, ask: Asker, access: str, error: str) -> None:
    ask.access = access
    assert ask.refused("profile") == (401, error)


def test_a_webhook_needs_its_secret(portal: Portal, ask: Asker) -> None:
    ask.access = "1/wrong"
    assert ask.refused("profile") == (403, "INVALID_CREDENTIALS")
    ask.access = f"{ANNA}/{portal.webhook_secret}"
    assert ask("profile")["ID"] == str(ANNA)


def test_grants_are_remembered_without_secrets(portal: Portal, app: App) -> None:
    token = portal.oauth.issue(app, portal.people.users[1])
    refresh(portal, token.refresh)
    refresh(portal, "x")
    assert [(one.grant_type, one.status, one.error) for one in portal.journal.grants] == [
        ("refresh_token", 200, None),
        ("refresh_token", 400, "invalid_grant"),
    ]
