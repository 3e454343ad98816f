"""The log of a process: lines for a person on a terminal, JSON elsewhere; secrets do not get through."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import MutableMapping
from traceback import walk_tb
from typing import Any, Final

import structlog

#: These print addresses with tokens, or every job, when they are talkative.
_QUIET: Final = ("httpx", "httpcore", "arq", "aiosqlite", "asyncio", "alembic")

#: It warns of every broken request, that is as often as a stranger wants.
_SILENT: Final = "uvicorn"

#: It tells of every attempt to reach a collector that is away, and once more when it gives up.
_PATIENT: Final = "opentelemetry"

#: Its pools complain of a connection that they could not put in order before they throw it away.
_POOL: Final = "sqlalchemy.pool"

#: The last line of defence behind code that logs no secrets: long codes, e-mail addresses, telephone numbers.
#: Identifiers of ours have 26 characters and stay readable.
_SECRET: Final = re.compile(
    r"[A-Za-z0-9_-]{32,}|[\w.+-]+@[\w-]+\.[\w.-]+|\+\d[\d ()-]{8,}\d|(?<=://)[^/\s@]+(?=@)", re.ASCII
)

#: JSON lets them stand as they are.
_LINE_ENDS: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
_LONGEST_WAY: Final = 8


def configure(level: int = logging.INFO) -> None:
    """Send our logs and those of the libraries through one door to stderr."""
    on_terminal = sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_place_of_error,
        _without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    last = structlog.dev.ConsoleRenderer() if on_terminal else _in_one_line
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    handler.addFilter(_is_news)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in (_SILENT, f"{_SILENT}.error", f"{_SILENT}.access"):
        # Its own configuration, where anybody applied it, would write past our door.
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
    for name in (_SILENT, _PATIENT):
        logging.getLogger(name).setLevel(logging.ERROR)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line says something; that a read was broken off because a process was told to end does not."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, asyncio.CancelledError) and record.name.startswith(_POOL))


def _in_one_line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    """Write JSON; what some readers take for the end of a line is escaped like the end of a line itself."""
    del logger, method
    return json.dumps(event, ensure_ascii=False, default=repr).translate(_LINE_ENDS)


def redacted(text: str) -> str:
    return _SECRET.sub("***", text)


def _with_place_of_error(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say the kind of an error and the way to it; its text may hold what a client wrote."""
    del logger, method
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error and not isinstance(error, BaseException):
        error = sys.exception()
    if isinstance(error, BaseException):
        frames = [f"{frame.f_globals.get('__name__')}:{line}" for frame, line in walk_tb(error.__traceback__)]
        event["error"] = type(error).__name__
        event["way"] = " > ".join(frames[-_LONGEST_WAY:])
    return event


def _without_secrets(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    del logger, method
    return {name: redacted(value) if isinstance(value, str) else value for name, value in event.items()}
