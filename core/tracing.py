"""Spans: what was done, for how long, for whose run. Unless `begin` found a collector to tell, nothing is noted.

An attribute is a name, an identifier of ours or a number: nothing that a client, an employee or a stranger wrote.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

Attribute = str | int | float | tuple[str, ...]

#: One of these says where to send spans; the standard names others for how (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …).
_PLACES: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN: Final = "http/protobuf"

log = logging.getLogger(__name__)


class Span(Protocol):
    """Something that is being done."""

    def name(self, name: str) -> None:
        """Call it otherwise."""

    def note(self, name: str, value: Attribute) -> None:
        """Add what became known."""

    def fail(self, kind: str) -> None:
        """Say that it went wrong, and what kind of trouble it was."""


class Spans(Protocol):
    """Whoever keeps spans; see `core.otel.Kept`."""

    def span(
        self, name: str, attributes: Mapping[str, Attribute], *, run: str, is_call: bool, begins: bool
    ) -> AbstractContextManager[Span]: ...

    def past(
        self, name: str, attributes: Mapping[str, Attribute], *, runs: Sequence[str], ms: int, trouble: str
    ) -> None: ...


class _Unheard:
    def name(self, name: str) -> None:
        """Nobody wants to know."""

    def note(self, name: str, value: Attribute) -> None:
        """Nobody wants to know."""

    def fail(self, kind: str) -> None:
        """Nobody wants to know."""


_UNHEARD: Final = nullcontext(_Unheard())
_kept: Spans | None = None


def begin(environ: Mapping[str, str] = os.environ) -> None:
    """Send spans from now on where the standard variables OTEL_* say; says so when the packages for it are missing."""
    if not _is_wanted(environ):
        return
    spoken = next((environ[name] for name in _PROTOCOLS if environ.get(name)), _SPOKEN)
    if spoken != _SPOKEN:
        log.warning("Spans are not sent: OTEL_EXPORTER_OTLP_PROTOCOL must be %s", _SPOKEN)
        return
    try:
        from core.otel import to_collector  # noqa: PLC0415  # it is an extra, and slow to import
    except ImportError:
        log.warning("Spans are not sent: the extra `otel` is not installed (make env EXTRAS=otel)")
        return
    keep(to_collector())


def _is_wanted(environ: Mapping[str, str]) -> bool:
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    return exporter == "otlp" or (not exporter and any(environ.get(name) for name in _PLACES))


def keep(spans: Spans | None) -> None:
    """Give spans to this keeper, or to nobody."""
    global _kept  # noqa: PLW0603  # like the figures of a process, they are the process's own
    _kept = spans


def is_on() -> bool:
    return _kept is not None


def span(
    name: str, *, run: str = "", is_call: bool = False, begins: bool = False, **attributes: Attribute
) -> AbstractContextManager[Span]:
    """Note what the block does, as part of what is being noted around it.

    ``run`` is whose it is; ``begins``: the run came to be here, and whatever is done for it later points here.
    ``is_call``: somebody outside asked for it.
    """
    if _kept is None:
        return _UNHEARD
    return _kept.span(name, attributes, run=run, is_call=is_call, begins=begins)


def requested(
    method: str, *, portal: str, commands: Sequence[str], runs: Sequence[str], ms: int, status: int | None, error: str
) -> None:
    """Note a request to a portal that has just ended, as part of what is being done for the ``runs`` that share it."""
    if _kept is None:
        return
    attributes: dict[str, Attribute] = {"portal": portal, "commands": tuple(dict.fromkeys(commands))}
    if status is not None:
        attributes["status"] = status
    _kept.past(f"REST {method}", attributes, runs=runs, ms=ms, trouble=error)
