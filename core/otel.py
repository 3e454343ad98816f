"""Spans as OpenTelemetry has them; the one module that knows its packages, imported when they are wanted."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    get_current_span,
    set_span_in_context,
    use_span,
)

Attribute = str | int | float | tuple[str, ...]

#: Names that the conventions of OpenTelemetry have for ours.
_NAMES: Final = {
    "http_method": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
    "error": "error.type",
}
_NANOSECONDS: Final = 1_000_000

#: Whose beginning the next span is.
_beginning: ContextVar[str] = ContextVar("beginning", default="")


class _Ids(RandomIdGenerator):
    """Random, but for the span in which a run begins: any process can name that one by the run's id."""

    def generate_trace_id(self) -> int:
        run = _beginning.get()
        return _beginning_of(run).trace_id if run else super().generate_trace_id()

    def generate_span_id(self) -> int:
        run = _beginning.get()
        return _beginning_of(run).span_id if run else super().generate_span_id()


def _beginning_of(run: str) -> SpanContext:
    digest = hashlib.sha256(run.encode()).digest()
    trace_id, span_id = int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))


class _Noted:
    def __init__(self, span: Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, name: str, value: Attribute) -> None:
        self._span.set_attribute(_named(name), value)

    def fail(self, kind: str) -> None:
        self._span.set_attribute(_named("error"), kind)
        self._span.set_status(Status(StatusCode.ERROR))


class Kept:
    """Spans of this process, given to ``processor``. What an exception says is never among them, only its kind."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._provider = TracerProvider(id_generator=_Ids(), resource=_resource())
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("dezhurny", version("dezhurny"))
        #: The innermost span of each run that is at work here.
        self._open: dict[str, SpanContext] = {}

    @contextmanager
    def span(
        self, name: str, attributes: Mapping[str, Attribute], *, run: str, is_call: bool, begins: bool
    ) -> Iterator[_Noted]:
        around = self._open.get(run)
        span = self._begun(name, attributes, run=run, is_call=is_call, begins=begins)
        if run:
            self._open[run] = span.get_span_context()
        try:
            with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
                noted = _Noted(span)
                try:
                    yield noted
                except BaseException as trouble:
                    noted.fail(type(trouble).__name__)
                    raise
        finally:
            if around is not None:
                self._open[run] = around
            else:
                self._open.pop(run, None)

    def _begun(self, name: str, attributes: Mapping[str, Attribute], *, run: str, is_call: bool, begins: bool) -> Span:
        # Every turn of a run is a trace of its own: weeks may lie between them.
        is_turn = bool(run) and run not in self._open
        behind = get_current_span().get_span_context() if begins else _beginning_of(run)
        token = _beginning.set(run if begins else "")
        try:
            return self._tracer.start_span(
                name,
                context=Context() if is_turn else None,
                kind=SpanKind.SERVER if is_call else SpanKind.INTERNAL,
                attributes=_written(attributes, runs=[run] if run else []),
                links=[Link(behind)] if is_turn and behind.is_valid else [],
            )
        finally:
            _beginning.reset(token)

    def past(
        self, name: str, attributes: Mapping[str, Attribute], *, runs: Sequence[str], ms: int, trouble: str
    ) -> None:
        ended_at = time.time_ns()
        working = [self._open[run] for run in runs if run in self._open]
        alone = working[0] if len(working) == 1 == len(runs) else None
        span = self._tracer.start_span(
            name,
            context=set_span_in_context(NonRecordingSpan(alone), Context()) if alone else None,
            kind=SpanKind.CLIENT,
            attributes=_written(attributes, runs=runs),
            links=[] if alone else [Link(context) for context in working],
            start_time=ended_at - ms * _NANOSECONDS,
        )
        if trouble:
            _Noted(span).fail(trouble)
        span.end(ended_at)

    def close(self) -> None:
        """Send what is not sent yet."""
        self._provider.shutdown()


def to_collector() -> Kept:
    """Send spans where OTEL_EXPORTER_OTLP_ENDPOINT and its like say, every few seconds and at the process' end."""
    return Kept(BatchSpanProcessor(OTLPSpanExporter()))


def _resource() -> Resource:
    """Who we are, unless the environment says it."""
    is_named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    ours = {"service.version": version("dezhurny")}
    return Resource.create(ours if is_named else {**ours, "service.name": "dezhurny"})


def _written(attributes: Mapping[str, Attribute], *, runs: Sequence[str]) -> dict[str, Attribute]:
    written = {_named(name): value for name, value in attributes.items()}
    if runs:
        written[_named("run")] = runs[0] if len(runs) == 1 else tuple(runs)
    return written


def _named(name: str) -> str:
    return _NAMES.get(name, f"dezhurny.{name}")
