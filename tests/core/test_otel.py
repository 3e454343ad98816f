"""Spans as a collector gets them: which belongs to which, and what points where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from core import tracing
from core.otel import Kept


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    spans = Kept(SimpleSpanProcessor(memory))
    tracing.keep(spans)
    yield memory
    tracing.keep(None)
    spans.close()


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def parent_of(span: ReadableSpan) -> int:
    return span.parent.span_id if span.parent else 0


def id_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def links_of(span: ReadableSpan) -> list[tuple[int, int]]:
    return [(link.context.trace_id, link.context.span_id) for link in span.links]


def place_of(span: ReadableSpan) -> tuple[int, int]:
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id


def requested(*runs: str, error: str = "", status: int | None = 200) -> None:
    tracing.requested("batch", portal="p", commands=["a", "b", "a"], runs=runs, ms=20, status=status, error=error)


def test_a_turn_of_a_run_points_to_where_the_run_began(kept: InMemorySpanExporter) -> None:
    with tracing.span("call", is_call=True), tracing.span("accept", run="r1", begins=True):
        pass
    with tracing.span("another thing"), tracing.span("turn", run="r1"):
        pass
    spans = by_name(kept)
    assert spans["call"].kind is SpanKind.SERVER
    assert links_of(spans["accept"]) == [place_of(spans["call"])]
    assert links_of(spans["turn"]) == [place_of(spans["accept"])]
    assert spans["turn"].parent is None
    assert len({place_of(span)[0] for span in spans.values()}) == 4


def test_what_a_step_asks_of_the_portal_belongs_to_it(kept: InMemorySpanExporter) -> None:
    with tracing.span("turn", run="r1", robot="x"):
        with tracing.span("step", run="r1"):
            requested("r1")
        requested("r1", error="NOT_FOUND", status=400)
    inner, outer = (span for span in kept.get_finished_spans() if span.name == "REST batch")
    spans = by_name(kept)
    assert parent_of(spans["step"]) == id_of(spans["turn"])
    assert parent_of(inner) == id_of(spans["step"])
    assert parent_of(outer) == id_of(spans["turn"])
    assert inner.attributes == {
        "dezhurny.portal": "p",
        "dezhurny.run": "r1",
        "dezhurny.commands": ("a", "b"),
        "http.response.status_code": 200,
    }
    assert outer.attributes is not None
    assert (outer.attributes["error.type"], outer.status.status_code) == ("NOT_FOUND", StatusCode.ERROR)
    assert inner.start_time is not None
    assert inner.end_time is not None
    assert inner.end_time - inner.start_time == 20_000_000


def test_a_request_that_runs_share_points_to_each(kept: InMemorySpanExporter) -> None:
    with tracing.span("turn 1", run="r1"), tracing.span("turn 2", run="r2"):
        requested("r1", "r2", "away")
    spans = by_name(kept)
    shared = spans["REST batch"]
    assert links_of(shared) == [place_of(spans["turn 1"]), place_of(spans["turn 2"])]
    assert (shared.attributes or {})["dezhurny.run"] == ("r1", "r2", "away")


def test_a_request_without_an_answer_or_a_run_is_told_too(kept: InMemorySpanExporter) -> None:
    with tracing.span("page"):
        requested(error="read_timeout", status=None)
    spans = by_name(kept)
    assert parent_of(spans["REST batch"]) == id_of(spans["page"])
    assert set(spans["REST batch"].attributes or {}) == {"dezhurny.portal", "dezhurny.commands", "error.type"}


def test_of_an_exception_only_its_kind_is_kept(kept: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="CANARY"), tracing.span("turn", run="r1"):
        raise ValueError("CANARY said the client")
    span = by_name(kept)["turn"]
    assert span.events == ()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert "CANARY" not in str(span.to_json())


def test_who_we_are_may_be_said_otherwise(kept: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> None:
    for variables, name in (
        ({}, "dezhurny"),
        ({"OTEL_SERVICE_NAME": "robots"}, "robots"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=web"}, "web"),
    ):
        with monkeypatch.context() as patch:
            for variable, value in variables.items():
                patch.setenv(variable, value)
            memory = InMemorySpanExporter()
            spans = Kept(SimpleSpanProcessor(memory))
            with spans.span("a", {}, run="", is_call=False, begins=False):
                pass
            [span] = memory.get_finished_spans()
            assert span.resource.attributes["service.name"] == name
            spans.close()
