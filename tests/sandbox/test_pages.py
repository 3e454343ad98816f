"""The pages as files: served, whole, without anything foreign, and agreeing with what the portal says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import pages
from sandbox.portal import Portal
from sandbox.view import Changes
from sandbox.wire import decode
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of

FOLDER = Path(pages.__file__).parent
SCRIPTS = sorted((FOLDER / "script").glob("*.js"))
STYLES = sorted((FOLDER / "style").glob("*.css"))
INDEX = (FOLDER / "index.html").read_text()
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+\.js)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|const|let) (\w+)", re.MULTILINE)


def book(lang: str) -> dict[str, str]:
    text = (FOLDER / "script" / f"words_{lang}.js").read_text()
    return dict(re.findall(r'^  (\w+): (".*"|\[.*\]),$', text, re.MULTILINE))


# Serving ------------------------------------------------------------------------------------------------------------


async def test_the_front_page_is_served_under_a_policy_that_lets_nothing_foreign_in(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-src *" in policy
    assert "unsafe" not in policy


async def test_every_file_that_the_page_names_is_served(http: httpx.AsyncClient) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', INDEX)
    assert {"/pages/script/main.js", "/pages/icon.svg"} < set(named)
    for address in [*named, *(f"/pages/script/{one.name}" for one in SCRIPTS)]:
        answer = await http.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-cache", "a new version of the portal must reach the page at once"


@pytest.mark.parametrize("path", ["__init__.py", "__pycache__", "index.html", "../app.py", "script", "nothing.js", ""])
async def test_nothing_else_of_the_package_is_served(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/pages/{path}")
    assert answer.status_code == 404


async def test_scripts_have_a_type_that_browsers_run(http: httpx.AsyncClient) -> None:
    answer = await http.get("/pages/script/main.js")
    assert answer.headers["content-type"].startswith("text/javascript")


# The files ----------------------------------------------------------------------------------------------------------


def test_every_style_is_named_by_the_page() -> None:
    assert {f"/pages/style/{one.name}" for one in STYLES} == set(re.findall(r'href="(/pages/style/[^"]+)"', INDEX))


def test_every_import_names_something_that_is_exported() -> None:
    exports = {one.name: set(EXPORT.findall(one.read_text())) for one in SCRIPTS}
    for script in SCRIPTS:
        for names, source in IMPORT.findall(script.read_text()):
            wanted = {name.strip() for name in names.split(",") if name.strip()}
            assert wanted <= exports[source], f"{script.name} wants {wanted - exports[source]} of {source}"


def test_every_script_and_every_export_is_used() -> None:
    imported: set[tuple[str, str]] = set()
    for script in SCRIPTS:
        for names, source in IMPORT.findall(script.read_text()):
            imported |= {(source, name.strip()) for name in names.split(",")}
            body = IMPORT.sub("", script.read_text())
            unused = [name.strip() for name in names.split(",") if not re.search(rf"\b{name.strip()}\b", body)]
            assert not unused, f"{script.name} imports {unused} for nothing"
    for script in SCRIPTS:
        for name in EXPORT.findall(script.read_text()):
            assert (script.name, name) in imported, f"nobody imports {name} of {script.name}"


def test_nothing_comes_from_another_address() -> None:
    for file in [*SCRIPTS, *STYLES, FOLDER / "index.html", FOLDER / "icon.svg"]:
        foreign = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", file.read_text()))
        assert foreign <= {"http://www.w3.org/2000/svg"}, file.name


def test_texts_can_only_become_texts() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    for script in SCRIPTS:
        assert not forbidden.search(script.read_text()), script.name
    assert not re.search(r"<script>|<style>|\sstyle=|\son\w+=", INDEX), "nothing stands inline in the page"


def test_lines_fit_a_screen() -> None:
    for file in [*SCRIPTS, *STYLES]:
        if file.name not in ("icons.js", "words_ru.js", "words_en.js"):
            assert all(len(line) <= 120 for line in file.read_text().splitlines()), file.name


# Words --------------------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things() -> None:
    russian, english = book("ru"), book("en")
    assert list(russian) == list(english)
    for key, text in russian.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), key
        assert text.startswith("[") == english[key].startswith("["), key


def test_every_word_that_the_pages_say_is_in_the_books() -> None:
    words, whole = book("ru"), "".join(one.read_text() for one in SCRIPTS)
    said = set(re.findall(r'(?:\bsay|nothing|listOfWords)\("(\w+)"', whole))
    assert len(said) > 60
    assert said <= set(words)
    prefixes = set(re.findall(r"say\(`(\w+_)\$\{", whole))
    for prefix in prefixes:
        assert any(key.startswith(prefix) for key in words), prefix


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("session_", "0 5 10 20 25 40 50 60 65"),
        ("kind_", "client staff automatic hidden bot"),
        ("state_", "waiting running done terminated faulted not_started"),
        ("workday_", "open pause close expire"),
        ("day_", "MO TU WE TH FR SA SU"),
        ("created_", "none lead deal"),
        ("crm_", "lead deal contact company"),
        ("pick_", "users access crm"),
        ("voice_", "client staff hidden"),
        ("journal_", "call robot event"),
    ],
)
def test_every_state_of_the_portal_has_a_word(prefix: str, codes: str) -> None:
    assert {f"{prefix}{code}" for code in codes.split()} <= set(book("ru"))


# What the pages read ------------------------------------------------------------------------------------------------


@pytest.fixture
async def told(portal: Portal, ask: Asker, http: httpx.AsyncClient) -> dict[str, Any]:
    """One of each thing that the pages draw, under the names that the scripts give it."""
    ask("bizproc.robot.add", CODE="escalate_no_reply", HANDLER="http://127.0.0.1:8089/r", NAME="Эскалация")
    ask("placement.bind", PLACEMENT="CRM_DEAL_DETAIL_TAB", HANDLER="http://127.0.0.1:8089/b24/app", TITLE="Роботы")
    ask("im.notify.system.add", USER_ID=7, MESSAGE="Клиент ждёт")
    ask("crm.timeline.comment.add", fields={"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "Ждёт"})
    ask("tasks.task.add", fields={"TITLE": "Ответить", "RESPONSIBLE_ID": 7, "UF_CRM_TASK": ["D_1"]})
    await http.post("/_sandbox/items/move", json={"entityTypeId": 2, "id": 1, "stageId": "C3:WORK"})
    seen: Any = decode(Changes(portal).since(0, instance="", talk=chat_of(portal, 1).id))
    seen |= {name: list(rows.values()) for name, rows in seen["rows"].items()}
    robots = [robot for one in seen["automation"] for robot in one["robots"]]
    calls = (await http.get("/_sandbox/calls")).json()["calls"]
    category = seen["categories"][0]
    return {
        "view": seen,
        "portalView()": seen,
        "app": seen["app"],
        "item": seen["items"][0],
        "category": category,
        "stage": category["stages"][0],
        "chat": seen["chats"][0],
        "session": seen["chats"][0]["session"],
        "message": seen["talk"]["messages"][0],
        "line": seen["lines"][0],
        "robot": robots[0],
        "process": seen["processes"][0],
        "run": seen["processes"][0]["robots"][0],
        "notice": seen["notifications"][0],
        "comment": seen["timeline"][0],
        "task": seen["tasks"][0],
        "delivery": seen["deliveries"][0],
        "call": calls[0],
        "bound": seen["app"]["placements"][0],
        "known": seen["app"]["robots"][0],
    }


async def test_every_key_that_the_pages_read_is_one_that_the_portal_tells(told: dict[str, Any]) -> None:
    read: set[tuple[str, str]] = set()
    for script in SCRIPTS:
        text = script.read_text()
        for name in told:
            read |= {(name, key) for key in re.findall(rf"(?<![\w./]){re.escape(name)}\??\.(\w+)", text)}
            for keys in re.findall(rf"const \{{ ([\w, ]+) \}} = {re.escape(name)};", text):
                read |= {(name, key) for key in keys.split(", ")}
    assert len(read) > 80, "the names in the scripts have changed: this test no longer sees what they read"
    strange = sorted(f"{name}.{key}" for name, key in read if key not in told[name])
    assert not strange


async def test_people_of_the_view_have_what_the_pages_show(told: dict[str, Any]) -> None:
    for key in ("id", "name", "position", "kind", "admin", "active", "workday"):
        assert key in told["view"]["users"][0]
    assert {one["kind"] for one in told["view"]["users"]} == {"client", "employee", "bot"}


# Orders about frames ------------------------------------------------------------------------------------------------


async def test_every_frame_has_a_sid_of_its_own_and_the_language_of_the_page(http: httpx.AsyncClient) -> None:
    first = (await http.get("/_sandbox/frame", params={"lang": "en"})).json()
    second = (await http.get("/_sandbox/frame")).json()
    assert first["name"] != second["name"], "a form would open in the frame that was there before"
    for frame, lang in ((first, "en"), (second, "ru")):
        query = httpx.URL(frame["action"]).params
        assert query["LANG"] == lang
        assert frame["name"] == f"{query['DOMAIN']}|{query['PROTOCOL']}|{query['APP_SID']}"


async def test_a_placed_robot_keeps_its_user_when_the_editor_saves_it_again(http: httpx.AsyncClient) -> None:
    place = {"entityTypeId": 2, "stageId": "C3:WORK"}
    robots: list[dict[str, Any]] = [{"code": "x", "properties": {"a": "1"}, "auth_user_id": 7, "wait_previous": True}]
    said = (await http.post("/_sandbox/automation", json={**place, "robots": robots})).json()
    shown = next(one for one in said["automation"] if one["stageId"] == "C3:WORK")["robots"]
    again = (await http.post("/_sandbox/automation", json={**place, "robots": shown})).json()
    assert again["automation"] == said["automation"]
    assert shown[0]["auth_user_id"] == 7
