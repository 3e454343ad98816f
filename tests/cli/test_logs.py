"""The log: one JSON line an event, nothing secret in it."""

from __future__ import annotations

import asyncio
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog
import uvicorn.config

from cli import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def read(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_both_kinds_of_loggers_come_through_one_door(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("core.queue").warning("Redis %s", "is away")
    structlog.get_logger("core.runs").info("advanced", run="01m862dp3t871rxvws2hh8zwfs", ms=5)
    plain, bound = read(capsys)
    assert (plain["event"], plain["level"], plain["logger"]) == ("Redis is away", "warning", "core.queue")
    assert (bound["event"], bound["run"], bound["ms"]) == ("advanced", "01m862dp3t871rxvws2hh8zwfs", 5)
    assert str(bound["timestamp"]).endswith("Z")


def test_an_error_is_told_by_its_kind_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        raise ValueError("CANARY what a client wrote")
    except ValueError as error:
        logging.getLogger("x").exception("it broke")
        structlog.get_logger("x").exception("it broke")
        logging.getLogger("x").error("it broke", exc_info=error)
    for line in read(capsys):
        assert line["error"] == "ValueError"
        assert str(line["way"]).startswith("tests.cli.test_logs:")
        assert "CANARY" not in json.dumps(line)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token 0123456789abcdef0123456789abcdef!", "token ***!"),
        ("to ivan.petrov@example.ru now", "to *** now"),
        ("call +7 (912) 345-67-89", "call ***"),
        ("redis://user:word@cache.example:6379/0", "redis://***@cache.example:6379/0"),
        ("run 01m862dp3t871rxvws2hh8zwfs at 11:40", "run 01m862dp3t871rxvws2hh8zwfs at 11:40"),
        ("imopenlines.session.history.get 200 in 15 ms", "imopenlines.session.history.get 200 in 15 ms"),
    ],
)
def test_what_looks_like_a_secret_or_a_person_is_hidden(text: str, shown: str) -> None:
    assert logs.redacted(text) == shown


def test_talkative_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    for name in ("httpx", "httpcore.http11", "arq.worker", "uvicorn.access"):
        logging.getLogger(name).info("https://portal/?auth=CANARY")
    assert read(capsys) == []


def test_a_stranger_cannot_fill_the_log_with_broken_requests(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").error("Something is wrong")
    assert "Something is wrong" in (said := capsys.readouterr().err)
    assert "Invalid" not in said


def test_a_server_that_was_set_up_before_speaks_through_our_door(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
    logs.configure()
    logging.getLogger("uvicorn.error").error("token 0123456789abcdef0123456789abcdef")
    [line] = read(capsys)
    assert line["event"] == "token ***"


def test_nobody_writes_a_second_line_into_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("x").warning("Said: %s", '"}\n{"event": "forged", "level": "info"}\r\x1b[2J\u2028')
    [line] = read(capsys)
    assert line["level"] == "warning"
    assert "forged" in str(line["event"])


def test_a_read_that_is_broken_off_by_the_end_of_a_process_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The pool complains of the connection of such a read; of what is really wrong it may go on complaining."""
    logs.configure()
    pool = logging.getLogger("sqlalchemy.pool.impl.AsyncAdaptedQueuePool")
    pool.error("Exception during reset or similar", exc_info=asyncio.CancelledError())
    pool.error("Exception during reset or similar", exc_info=OSError("gone"))
    logging.getLogger("core.queue").error("It ended", exc_info=asyncio.CancelledError())
    assert [line["error"] for line in read(capsys)] == ["OSError", "CancelledError"]
