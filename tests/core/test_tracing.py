"""Spans are asked for by the standard's own variables, and nobody pays for them who does not ask."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from core import tracing

COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
STARTS = """
import os, sys
blocked = sys.argv[1] == "blocked"
if blocked:
    sys.modules["opentelemetry"] = None
import cli.main, cli.serve, cli.worker, server.app, workers.main, core.tracing
from core.config import Settings
core.tracing.begin()
with core.tracing.span("step", run="r", robot="x") as span:
    span.note("status", 200)
assert core.tracing.is_on() is (not blocked and "OTEL_EXPORTER_OTLP_ENDPOINT" in os.environ)
server.app.create_app(Settings(_env_file=None, public_url="https://robots.example.ru"))
known = sorted(name for name in sys.modules if name.startswith("opentelemetry.") or name == "core.otel")
print("knows" if known else "knows nothing")
"""


@pytest.fixture(autouse=True)
def _nobody_listens_afterwards() -> Iterator[None]:
    yield
    tracing.keep(None)


def started(how: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", STARTS, how]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_everything_starts_without_the_packages() -> None:
    done = started("blocked")
    assert (done.returncode, done.stdout, done.stderr) == (0, "knows nothing\n", "")


def test_who_asks_without_the_packages_is_told_what_to_install() -> None:
    done = started("blocked", **COLLECTOR)
    assert (done.returncode, done.stdout) == (0, "knows nothing\n")
    assert done.stderr == "Spans are not sent: the extra `otel` is not installed (make env EXTRAS=otel)\n"


def test_nothing_is_imported_for_who_does_not_ask() -> None:
    done = started("free")
    assert (done.returncode, done.stdout, done.stderr) == (0, "knows nothing\n", "")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {**COLLECTOR, "OTEL_SDK_DISABLED": "true"},
        {**COLLECTOR, "OTEL_TRACES_EXPORTER": "none"},
        {**COLLECTOR, "OTEL_TRACES_EXPORTER": "console"},
    ],
)
def test_unasked_nothing_is_noted(environment: dict[str, str]) -> None:
    tracing.begin(environment)
    assert not tracing.is_on()
    assert tracing.span("a", run="r") is tracing.span("b", run="s")


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"])
def test_a_protocol_that_is_not_spoken_is_refused(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tracing.begin({**COLLECTOR, name: "grpc"})
    assert not tracing.is_on()
    assert [record.getMessage() for record in caplog.records] == [
        "Spans are not sent: OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf"
    ]
