"""`make env`: quick when nothing changed, and not fooled by what did."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).parent.parent


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, looking at a folder of its own with an environment that holds the runtime lock."""
    spec = spec_from_file_location("environment", TOP / "scripts" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in {"TOP": "", "VENV": ".venv", "PYTHON": ".venv/bin/python"}.items():
        monkeypatch.setattr(module, name, tmp_path / path)
    for name in ("requirements.lock", "requirements-otel.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(module, "RUNTIME", tmp_path / "requirements.lock")
    monkeypatch.setattr(module, "OTEL", tmp_path / "requirements-otel.lock")
    monkeypatch.setattr(module, "DEV", tmp_path / "requirements-dev.lock")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    module.stamp(module.RUNTIME).write_text(module.fingerprint(module.RUNTIME), encoding="utf-8")
    return module


def test_what_is_installed_is_not_installed_again(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "install", lambda _: pytest.fail("it installs again"))
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    environment.main()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_is_noticed(environment: ModuleType, name: str) -> None:
    (environment.TOP / name).write_text("changed", encoding="utf-8")
    assert not environment.is_installed(environment.RUNTIME)


def test_another_python_is_noticed(environment: ModuleType) -> None:
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to("/bin/true")
    assert not environment.is_installed(environment.RUNTIME)


def test_a_python_that_is_gone_is_noticed(environment: ModuleType) -> None:
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to("/nowhere/python")
    assert not environment.is_installed(environment.RUNTIME)
    assert not environment.works()


def test_tests_need_more_than_the_service(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_for(environment, monkeypatch, "--dev") == [environment.DEV]


def test_an_extra_is_installed_when_it_is_named(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_for(environment, monkeypatch, "--extras", "otel") == [environment.OTEL]
    with pytest.raises(SystemExit, match="no extra called hotel"):
        asked_for(environment, monkeypatch, "--extras", "hotel")


def test_what_holds_the_pins_of_another_lock_needs_it_no_more(environment: ModuleType) -> None:
    assert environment.held_by(environment.RUNTIME) == [environment.RUNTIME]
    assert environment.held_by(environment.OTEL) == [environment.RUNTIME, environment.OTEL]
    assert environment.held_by(environment.DEV) == [environment.RUNTIME, environment.OTEL, environment.DEV]


def asked_for(environment: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[Path]:
    asked: list[Path] = []
    monkeypatch.setattr(environment, "install", asked.append)
    monkeypatch.setattr(sys, "argv", ["environment.py", *arguments])
    environment.main()
    return asked
