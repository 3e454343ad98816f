"""The settings file: made once, completed later, never overwritten, closed to others."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cli.form import form
from core.config import load
from core.portals.scopes import SCOPES
from tests.cli.conftest import Command

URL = "https://dezhurny.example.ru"


def test_it_makes_keys_and_closes_the_file(dezhurny: Command, tmp_path: Path) -> None:
    said = dezhurny("init", "--non-interactive", "--public-url", URL)
    assert said.code == 0
    file = tmp_path / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = load(file)
    assert settings.public_url == URL
    assert len(settings.key_ring) == 1
    assert "POSTGRES_PASSWORD='" in file.read_text(encoding="utf-8")


def test_again_it_changes_nothing(dezhurny: Command, tmp_path: Path) -> None:
    dezhurny("init", "--non-interactive", "--public-url", URL)
    before = (tmp_path / ".env").read_bytes()
    said = dezhurny("init", "--non-interactive", "--public-url", "https://other.example.ru")
    assert said.code == 0
    assert "added nothing, all is there" in said.out
    assert (tmp_path / ".env").read_bytes() == before


def test_it_adds_what_lacks_to_a_file_of_ones_own(dezhurny: Command, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nOTHER=1\nDEZHURNY_LANGUAGE=en", encoding="utf-8")
    dezhurny("init", "--non-interactive", "--client-id", "local.1")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# mine\nOTHER=1\nDEZHURNY_LANGUAGE=en\nDEZHURNY_CLIENT_ID='local.1'\n")
    assert load(file).language == "en"


def test_it_asks_for_what_is_not_known(dezhurny: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([URL, "local.1", "it's \\ secret"])
    hidden: list[bool] = []

    def prompt(question: str, *, hide_input: bool, **_: object) -> str:
        hidden.append(hide_input)
        return next(answers)

    monkeypatch.setattr("typer.prompt", prompt)
    said = dezhurny("init")
    settings = load(tmp_path / ".env")
    assert (settings.public_url, settings.client_id) == (URL, "local.1")
    assert settings.client_secret.get_secret_value() == "it's \\ secret"
    assert hidden == [False, False, True]
    assert "secret" not in said.out.replace("client_secret", "").replace("CLIENT_SECRET", "").replace("SECRET_KEYS", "")


def test_a_wrong_answer_is_refused_before_anything_is_written(dezhurny: Command, tmp_path: Path) -> None:
    said = dezhurny("init", "--non-interactive", "--public-url", "dezhurny")
    assert said.code == 2
    assert said.err.startswith("DEZHURNY_PUBLIC_URL must look like https://host")
    assert not (tmp_path / ".env").exists()


def test_a_file_that_cannot_be_read_is_named(dezhurny: Command, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DEZHURNY_LANGUAGE=\xff")
    said = dezhurny("init", "--non-interactive")
    assert (said.code, said.err) == (2, "The settings file .env cannot be read.\n")


@pytest.mark.parametrize(("lang", "word"), [("ru", "Локальное приложение"), ("en", "Local application")])
def test_it_ends_with_the_text_for_the_form(dezhurny: Command, lang: str, word: str) -> None:
    said = dezhurny("init", "--non-interactive", "--public-url", URL, "--lang", lang)
    for part in (word, f"{URL}/b24/app", f"{URL}/b24/install", *(scope.code for scope in SCOPES)):
        assert part in said.out


def test_the_form_has_both_languages_for_every_right() -> None:
    text = form(URL)
    for scope in SCOPES:
        assert f"{scope.code:<12} {scope.title.ru} — {scope.reason.ru}" in text.ru
        assert f"{scope.code:<12} {scope.title.en}: {scope.reason.en}" in text.en
    assert "{" not in text.ru + text.en


def test_a_file_that_cannot_be_written_is_one_sentence(dezhurny: Command, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for file in ("no/such/.env", "folder"):
        refused = dezhurny("init", "--file", file, "--non-interactive")
        assert refused.code == 2
        assert refused.err.startswith(f"{file} cannot be written: ") or "cannot be read" in refused.err
        assert "should not happen" not in refused.err
