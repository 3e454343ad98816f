"""The promises of Dockerfile, compose.yaml, .env.example and the wheel, read from the files themselves."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cli.container import ROLES
from cli.main import app
from core.config import PREFIX, Settings

TOP = Path(__file__).parent.parent
PACKAGES = {"activities", "server", "workers", "core", "sandbox", "cli"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, rest), continued lines joined."""
    text = (TOP / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def values_of(wanted: str) -> list[str]:
    return [rest for word, rest in instructions() if word == wanted]


def test_the_image_is_built_in_two_stages_from_pinned_hashes() -> None:
    stages = values_of("FROM")
    assert len(stages) == 2
    assert all(stage.startswith("python:3.13-slim") for stage in stages)
    installs = [run for run in values_of("RUN") if " install " in run and "pip" in run]
    assert "--require-hashes" in installs[0]
    assert "--only-binary :all:" in installs[0]
    assert "--no-index" in installs[1]
    last = [word for word, _ in instructions()]
    after = instructions()[len(last) - last[::-1].index("FROM") :]
    assert not [rest for word, rest in after if word == "RUN" and re.search(r"pip\S* install|apt", rest)]


def test_the_image_runs_as_nobody_and_stops_politely() -> None:
    assert values_of("USER") == ["10001:10001"]
    assert values_of("STOPSIGNAL") == ["SIGTERM"]
    order = [word for word, _ in instructions()]
    assert order.index("USER") < order.index("ENTRYPOINT")


@pytest.mark.parametrize("word", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_processes_are_started_without_a_shell(word: str) -> None:
    [value] = values_of(word)
    assert value.removeprefix(value.partition("CMD ")[0] + "CMD ").startswith("[") or value.startswith("[")


def test_the_image_is_labelled() -> None:
    [labels] = values_of("LABEL")
    for name in ("title", "description", "version", "licenses"):
        assert f"org.opencontainers.image.{name}=" in labels


def test_the_image_holds_our_packages_and_nothing_else() -> None:
    copied = {rest.split()[0] for rest in values_of("COPY") if not rest.startswith("--from")}
    assert {name for name in copied if (TOP / name).is_dir()} == PACKAGES
    ignore = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    assert "*" in ignore
    assert allowed == PACKAGES | {
        "pyproject.toml",
        "requirements.lock",
        "requirements-otel.lock",
        "README.md",
        "LICENSE",
    }


def test_every_role_of_the_image_is_a_command() -> None:
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert {arguments[0] for arguments in ROLES.values()} <= commands
    assert set(ROLES) == {"web", "worker", "all", "migrate"}
    assert values_of("CMD") == ['["all"]']


def services() -> dict[str, str]:
    """The services of compose.yaml as text, with what they take over from the shared parts."""
    text = (TOP / "compose.yaml").read_text(encoding="utf-8")
    shared = {
        match["name"]: match["body"]
        for match in re.finditer(r"^x-\w+: &(?P<name>\w+)\n(?P<body>(?:(?:  .*)?\n)+)", text, re.M)
    }
    block = text.split("\nservices:\n", 1)[1].split("\nvolumes:\n", 1)[0]
    found = re.findall(r"^  (\w+):\n((?:(?:    .*)?\n?)+)", block, re.M)
    return {name: _with_shared(body, shared) for name, body in found}


def _with_shared(body: str, shared: dict[str, str]) -> str:
    taken = "".join(_with_shared(shared[name], shared) for name in re.findall(r"<<: \*(\w+)", body))
    return body + taken


def test_compose_has_the_four_services() -> None:
    assert set(services()) == {"web", "worker", "postgres", "redis"}


@pytest.mark.parametrize(
    "promise",
    [
        "restart: unless-stopped",
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "logging: *logging",
        "healthcheck:",
        "user: ",
    ],
)
def test_every_service_keeps_a_promise(promise: str) -> None:
    assert [name for name, body in services().items() if promise not in body] == []


def test_nothing_is_privileged_or_open_to_the_world() -> None:
    text = (TOP / "compose.yaml").read_text(encoding="utf-8")
    for word in ("privileged", "cap_add", "network_mode", "docker.sock", "pid: host"):
        assert word not in text
    ports = re.findall(r"ports: \[(.*)\]", text)
    assert ports == ['"127.0.0.1:8089:8089"']


def test_redis_keeps_its_bells_and_the_log_is_rotated() -> None:
    redis = services()["redis"]
    assert '--appendonly, "yes"' in redis
    assert "--maxmemory-policy, noeviction" in redis
    text = (TOP / "compose.yaml").read_text(encoding="utf-8")
    assert "max-size" in text
    assert "max-file" in text


def test_data_outlives_containers_and_no_password_is_written_down() -> None:
    text = (TOP / "compose.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^  ([\w-]+):$", text.split("\nvolumes:\n")[1], re.M) == ["postgres-data", "redis-data"]
    assert set(re.findall(r"POSTGRES_PASSWORD: (\S+)", text)) == {"${POSTGRES_PASSWORD:?run"}
    assert re.findall(r"://\w+:(\S+?):", text) == ["${POSTGRES_PASSWORD"]
    assert "condition: service_healthy" in services()["web"]


def test_the_example_names_every_setting() -> None:
    text = (TOP / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(rf"^{PREFIX}([A-Z_]+)=", text, re.M))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    text = (TOP / ".env.example").read_text(encoding="utf-8")
    settings = Settings(_env_file=None)
    shown = dict(re.findall(rf"^{PREFIX}([A-Z_]+)=(.*)$", text, re.M))
    assert shown["DATABASE_URL"] == settings.database_url
    assert shown["OAUTH_HOSTS"] == ",".join(settings.oauth_hosts)
    assert shown["LANGUAGE"] == settings.language
    assert shown["LOG_RETENTION_DAYS"] == str(settings.log_retention_days)


def test_the_wheel_holds_every_file_of_our_packages_and_no_test(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.startswith("dezhurny-")}
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        assert "Private :: Do Not Upload" in archive.read(metadata).decode()
    expected = {
        path.relative_to(TOP).as_posix()
        for package in PACKAGES
        for path in (TOP / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == expected
