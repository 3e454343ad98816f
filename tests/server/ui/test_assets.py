"""Files for browsers: what is vendored is what it says, and nothing on a page runs or styles inline."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from server.ui.assets import FOLDER, asset
from server.ui.pages import FOLDER as TEMPLATES
from tests.server.ui.people import House

#: What every page loads, and what some of them ask for besides.
ALWAYS = sorted(FOLDER.glob("*.js"))
SCRIPTS = ALWAYS + sorted(FOLDER.glob("[ro]*/*.js"))
PAGES = sorted(TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("folder", [FOLDER / "vendor", Path(__file__).parent / "vendor"], ids=["pages", "tests"])
def test_vendored_files_are_those_that_were_taken(folder: Path) -> None:
    entries = json.loads((folder / "VENDOR.json").read_text())
    for entry in entries:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert (folder / entry["licence_file"]).is_file()
        assert entry["name"]
        assert entry["version"]
    listed = {entry["file"] for entry in entries} | {entry["licence_file"] for entry in entries} | {"VENDOR.json"}
    assert {file.name for file in folder.iterdir()} - listed <= {"axe.LICENSE-3RD-PARTY.txt"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_hold_no_code_and_no_style(page: Path) -> None:
    html = page.read_text()
    assert not re.search(r"\son\w+\s*=", html)
    assert not re.search(r"\sstyle\s*=", html)
    assert "<style" not in html
    assert "hx-on" not in html
    assert "js:" not in html
    assert not re.search(r"\|\s*safe\b", html)
    assert "autoescape false" not in html
    for script in re.findall(r"<script[^>]*>", html):
        assert " src=" in script or 'type="application/json"' in script
    assert not re.search(r"https?://", html.replace("http://www.w3.org/", ""))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_write_texts_only(script: Path) -> None:
    code = script.read_text()
    for forbidden in (
        "innerHTML",
        "outerHTML =",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "console.",
    ):
        assert forbidden not in code


def test_no_page_has_an_address_with_a_session() -> None:
    for file in (*PAGES, *SCRIPTS):
        assert not re.search(r"[?&](token|session|auth)=", file.read_text(), re.IGNORECASE), file.name


def test_words_of_scripts_come_from_the_page() -> None:
    for script in SCRIPTS:
        quoted = re.findall(r"[\"'`][^\"'`]*[а-яё][^\"'`]*[\"'`]", script.read_text(), re.IGNORECASE)
        assert not quoted, script.name


def test_what_a_page_loads_of_ours_stays_small() -> None:
    ours = sum(len(gzip.compress(file.read_bytes())) for file in (*ALWAYS, *FOLDER.glob("*.css")))
    assert ours < 36_000


async def test_files_with_a_version_are_kept_for_ever(home: House) -> None:
    answer = await home.client.get(asset("app.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    plain = await home.client.get("/static/session.js")
    assert plain.headers["cache-control"] == "no-cache"
    assert plain.headers["content-type"].startswith("text/javascript")
    assert plain.headers["x-content-type-options"] == "nosniff"
    again = await home.client.get("/static/session.js", headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/static/../pages.py", "/static/%2e%2e/%2e%2e/pyproject.toml", "/static/none.js", "/static/"]
)
async def test_nothing_else_is_served(home: House, path: str) -> None:
    assert (await home.client.get(path)).status_code == 404


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_script_imports_a_name_one_time_only(script: Path) -> None:
    """A browser refuses a module that declares a name twice, and with it the whole page."""
    imported = [
        name.split(" as ")[-1].strip()
        for names in re.findall(r"^import \{([^}]*)\}", script.read_text(encoding="utf-8"), re.MULTILINE)
        for name in names.split(",")
        if name.strip()
    ]
    assert sorted(imported) == sorted(set(imported))
