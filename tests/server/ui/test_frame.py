"""The frame: who is let in, what he sees first, and who may frame it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from core.bitrix24.errors import Unavailable
from core.bitrix24.evidence import Evidence, Sign
from core.db import new_id
from core.portals.tables import Portal, Session
from tests.core.runs.rows import run, store, waiting
from tests.server.ui.people import ALPHA_SECRET, House, person

MEMBER = "a" * 32
HTML = {"Accept": "text/html,application/xhtml+xml"}


async def open_app(
    home: House,
    fields: Mapping[str, str] | None = None,
    *,
    headers: dict[str, str] | None = None,
    query: str = "LANG=ru",
    **more: str,
) -> httpx.Response:
    form = {"AUTH_ID": "tok_A_admin", "member_id": MEMBER, "PLACEMENT": "DEFAULT", "PLACEMENT_OPTIONS": "{}"}
    address = f"/b24/app?DOMAIN=alpha.bitrix24.ru&PROTOCOL=1&APP_SID=1&{query}"
    return await home.client.post(address, data={**form, **(fields or {}), **more}, headers=headers)


def token_of(page: str) -> str:
    (token,) = re.findall(r'<body data-token="([\w-]+)"', page)
    return str(token)


async def test_the_first_page_is_the_list_with_a_session(home: House) -> None:
    await store(home.database, run(title="Окна на дачу"))
    answer = await open_app(home)
    assert answer.status_code == 200
    assert "Окна на дачу" in answer.text
    session = {"Authorization": f"Bearer {token_of(answer.text)}"}
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200


async def test_only_the_proven_portal_may_frame_the_page(home: House) -> None:
    answer = await open_app(home, query="LANG=ru&DOMAIN=evil.example")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors https://alpha.bitrix24.ru" in policy
    assert policy.endswith("frame-ancestors https://alpha.bitrix24.ru")
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "x-frame-options" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert "evil.example" not in answer.text


async def test_what_a_portal_writes_into_the_address_reaches_no_header(home: House) -> None:
    answer = await home.client.post(
        "/b24/app?DOMAIN=a%0d%0aSet-Cookie:%20x=1", data={"AUTH_ID": "tok_A_admin", "member_id": MEMBER}
    )
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "fields",
    [
        {"AUTH_ID": "tok_B_admin"},
        {"AUTH_ID": "tok_unknown"},
        {"AUTH_ID": ""},
        {"AUTH_ID": "tok_forbidden"},
        {"member_id": "f" * 32},
        {"member_id": ""},
        {"APPLICATION_TOKEN": "0" * 32},
    ],
)
async def test_what_proves_nothing_is_refused_alike(home: House, fields: dict[str, str]) -> None:
    answer = await open_app(home, fields)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


async def test_the_secret_of_the_portal_is_compared_where_a_frame_tells_it(home: House) -> None:
    assert (await open_app(home, APPLICATION_TOKEN=ALPHA_SECRET)).status_code == 200


async def test_a_person_is_told_in_words_why_the_door_is_closed(home: House) -> None:
    russian = await open_app(home, headers=HTML, AUTH_ID="tok_unknown")
    assert russian.status_code == 401
    assert "Портал не подтвердил вход" in russian.text
    english = await open_app(home, headers=HTML, query="LANG=de", AUTH_ID="tok_unknown")
    assert "The portal did not confirm you" in english.text
    assert "frame-ancestors https://*.bitrix24.ru" in english.headers["content-security-policy"]
    assert "alpha" not in english.headers["content-security-policy"]


@pytest.mark.parametrize("options", ['{"ID":', "[" * 5000 + "]" * 5000, '{"a":1,"a":2}', "NaN", '{"a":"\\ud800"}'])
async def test_broken_options_are_a_bad_request(home: House, options: str) -> None:
    answer = await open_app(home, PLACEMENT_OPTIONS=options)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded", b"AUTH_ID=%ff", 400),
        ("application/x-www-form-urlencoded", b"AUTH_ID=a&AUTH_ID=b", 400),
        ("application/x-www-form-urlencoded", b"AUTH_ID[]=a", 400),
        ("application/x-www-form-urlencoded", b"", 401),
    ],
)
async def test_the_form_is_read_strictly(home: House, content_type: str, body: bytes, status: int) -> None:
    answer = await home.client.post("/b24/app", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status


async def test_a_form_opens_the_page_and_nothing_else_does(home: House) -> None:
    answer = await home.client.get("/b24/app")
    assert (answer.status_code, answer.json()) == (405, {"error": "method_not_allowed"})
    assert answer.headers["allow"] == "POST"


async def test_fields_in_the_address_are_no_fields(home: House) -> None:
    answer = await home.client.post(f"/b24/app?AUTH_ID=tok_A_admin&member_id={MEMBER}", data={"PLACEMENT": "DEFAULT"})
    assert answer.status_code == 401


async def test_nobody_can_say_right_now(home: House) -> None:
    home.people.people["tok_A_admin"] = Unavailable(Evidence(Sign.READ_TIMEOUT))
    answer = await open_app(home)
    assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert answer.headers["retry-after"]
    assert "Пока не можем проверить" in (await open_app(home, headers=HTML)).text


async def test_who_proves_nothing_again_and_again_is_told_to_slow_down(home: House) -> None:
    for _ in range(100):
        assert (await open_app(home, AUTH_ID="tok_unknown")).status_code == 401
    assert (await open_app(home, AUTH_ID="tok_unknown")).status_code == 429
    assert (await open_app(home)).status_code == 200
    home.people.asked = 0
    assert {(await open_app(home, AUTH_ID="tok_unknown")).status_code for _ in range(300)} == {401, 429}
    assert home.people.asked < 150


@pytest.mark.parametrize("status", ["uninstalling", "uninstalled"])
async def test_a_portal_that_left_is_not_let_in(home: House, status: str) -> None:
    async with home.database.session() as session:
        portal = (await session.exec(select(Portal).where(Portal.id == "alpha"))).one()
        portal.status = status
    assert (await open_app(home)).status_code == 401


async def test_a_new_address_that_the_oauth_host_told_is_kept(home: House) -> None:
    known = person("Анна", admin=True)
    home.people.people["tok_A_admin"] = replace(
        known, origin="https://new.bitrix24.ru", client_endpoint="https://new.bitrix24.ru/rest/"
    )
    answer = await open_app(home)
    assert answer.headers["content-security-policy"].endswith("frame-ancestors https://new.bitrix24.ru")
    async with home.database.session() as session:
        portal = (await session.exec(select(Portal).where(Portal.id == "alpha"))).one()
    assert portal.client_endpoint == "https://new.bitrix24.ru/rest/"


async def test_a_link_inside_the_portal_opens_the_run(home: House) -> None:
    one = waiting(title="Окна на дачу")
    await store(home.database, one)
    for options in ({"run": one.id}, {"params": {"run": one.id}}, {"to": f"/runs/{one.id}"}):
        answer = await open_app(home, PLACEMENT="REST_APP_URI", PLACEMENT_OPTIONS=json.dumps(options))
        assert f'data-address="/ui/runs/{one.id}"' in answer.text


async def test_a_link_to_a_run_that_is_gone_says_so(home: House) -> None:
    foreign = run("beta", title="Чужое")
    await store(home.database, foreign)
    for missing in (foreign.id, new_id()):
        answer = await open_app(home, PLACEMENT_OPTIONS=json.dumps({"run": missing}))
        assert answer.status_code == 404
        assert "Здесь ничего нет" in answer.text
        assert "Чужое" not in answer.text
        assert token_of(answer.text)


async def test_the_tab_of_a_card_shows_the_runs_of_its_item(home: House) -> None:
    await store(home.database, run(title="эта"), run(title="другая", item_id=1))
    answer = await open_app(home, PLACEMENT="CRM_DEAL_DETAIL_TAB", PLACEMENT_OPTIONS='{"ID":"4820","URI":"/x"}')
    assert "эта" in answer.text
    assert "другая" not in answer.text
    assert 'data-address="/ui/card?item=deal:4820"' in answer.text


async def test_the_settings_page_of_a_robot_opens_for_who_proves_himself(home: House) -> None:
    form = {"AUTH_ID": "tok_A_admin", "member_id": MEMBER, "PLACEMENT_OPTIONS": '{"code":"escalate_no_reply"}'}
    answer = await home.client.post("/b24/settings/escalate_no_reply?LANG=ru", data=form)
    assert answer.status_code == 200
    assert "Сколько ждать, минут" in answer.text
    assert (await home.client.post("/b24/settings/nonsense", data=form)).json() == {"error": "not_found"}
    assert (await home.client.post("/b24/settings/escalate_no_reply", data={"AUTH_ID": ""})).status_code == 401


async def test_a_page_that_was_reloaded_comes_in_again(home: House) -> None:
    body = {"AUTH_ID": "tok_A_user", "DOMAIN": "alpha.bitrix24.ru", "member_id": MEMBER, "APP_SID": "1"}
    answer = await home.client.post("/ui/session", json=body, headers={"Origin": "https://robots.example.org"})
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert len(answer.json()["token"]) == 43
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({}, {"AUTH_ID": "tok_B_admin", "member_id": MEMBER}, 401, "unauthorized"),
        ({}, {"AUTH_ID": "", "member_id": MEMBER}, 400, "bad_request"),
        ({}, {"AUTH_ID": ["x"], "member_id": MEMBER}, 400, "bad_request"),
        ({}, {"AUTH_ID": "x" * 600, "member_id": MEMBER}, 400, "bad_request"),
        ({}, [], 400, "bad_request"),
        ({"Origin": "https://evil.example"}, {"AUTH_ID": "tok_A_admin", "member_id": MEMBER}, 403, "forbidden"),
        ({"Origin": "null"}, {"AUTH_ID": "tok_A_admin", "member_id": MEMBER}, 403, "forbidden"),
        ({"Sec-Fetch-Site": "cross-site"}, {"AUTH_ID": "tok_A_admin", "member_id": MEMBER}, 403, "forbidden"),
    ],
)
async def test_sessions_are_not_given_to_everybody(
    home: House, headers: dict[str, str], body: object, status: int, code: str
) -> None:
    answer = await home.client.post("/ui/session", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"error": code})


async def test_a_form_opens_no_session(home: House) -> None:
    answer = await home.client.post("/ui/session", data={"AUTH_ID": "tok_A_admin", "member_id": MEMBER})
    assert answer.json() == {"error": "unsupported_media_type"}


async def test_each_opening_is_a_session_of_its_own_and_only_hashes_are_kept(home: House) -> None:
    first, second = token_of((await open_app(home)).text), token_of((await open_app(home)).text)
    assert first != second
    async with home.database.session() as session:
        kept = [row.token_hash for row in (await session.exec(select(Session))).all()]
    assert len(kept) == 2
    assert not {first, second} & set(kept)


async def test_the_language_is_that_of_the_portal_unless_the_frame_says_another(home: House) -> None:
    assert '<html lang="en">' in (await open_app(home, query="LANG=en")).text
    assert '<html lang="ru">' in (await open_app(home, query="")).text


async def test_a_session_ends_after_an_hour_without_a_request(home: House) -> None:
    session = await home.as_()
    home.clock.advance(minutes=59)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200
    home.clock.advance(minutes=59)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200
    home.clock.advance(minutes=61)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 401


async def test_a_session_ends_after_twelve_hours_whatever_happens(home: House) -> None:
    session = await home.as_()
    for _ in range(24):
        home.clock.advance(minutes=29.9)
        assert (await home.client.get("/api/runs", headers=session)).status_code == 200
    home.clock.advance(minutes=10)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 401


async def test_the_demo_clock_does_not_end_sessions(home: House) -> None:
    session = await home.as_()
    home.clock.jump(timedelta(days=3))
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200


async def test_an_uninstallation_ends_all_sessions(home: House) -> None:
    session = await home.as_()
    async with home.database.session() as database:
        portal = (await database.exec(select(Portal).where(Portal.id == "alpha"))).one()
        portal.status = "uninstalled"
    assert (await home.client.get("/api/runs", headers=session)).status_code == 401


async def test_a_dismissed_employee_is_out_within_five_minutes(home: House) -> None:
    session = await home.as_("tok_A_user")
    del home.people.people["tok_A_user"]
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200
    home.clock.advance(minutes=5.1)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 401
    assert (await home.client.get("/api/runs", headers=session)).status_code == 401


async def test_who_is_no_administrator_any_more_learns_it_within_five_minutes(home: House) -> None:
    session = await home.as_()
    home.people.people["tok_A_admin"] = person("Анна", admin=False)
    assert (await home.client.post("/api/settings", json={}, headers=session)).status_code == 200
    home.clock.advance(minutes=5.1)
    answer = await home.client.post("/api/settings", json={}, headers=session)
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})


async def test_while_nobody_can_say_reading_goes_on_and_changing_waits(home: House) -> None:
    session = await home.as_()
    home.people.people["tok_A_admin"] = Unavailable(Evidence(Sign.READ_TIMEOUT))
    home.clock.advance(minutes=5.1)
    assert (await home.client.get("/api/runs", headers=session)).status_code == 200
    assert (await home.client.post("/api/settings", json={}, headers=session)).status_code == 401


async def test_the_portal_is_asked_once_in_five_minutes(home: House) -> None:
    session = await home.as_()
    home.clock.advance(minutes=5.1)
    for _ in range(3):
        await home.client.get("/api/runs", headers=session)
    assert home.people.asked == 2


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer attacker-chosen", "Basic c2Vzc19BX2FkbWlu", "Bearer " + "A" * 43, "Bearer é" * 9],
)
async def test_what_is_no_session_of_ours_opens_nothing(home: House, header: str) -> None:
    answer = await home.client.get("/api/runs", headers=[(b"authorization", header.encode())])
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


async def test_a_session_in_the_address_or_a_cookie_opens_nothing(home: House) -> None:
    token = await home.token()
    assert (await home.client.get(f"/api/runs?token={token}")).status_code == 401
    assert (await home.client.get("/api/runs", headers={"Cookie": f"session={token}"})).status_code == 401
