"""Traces and figures by OpenTelemetry, with the real library."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty_runtime import Clock, LoyaltyError, TransportFailure
from loyalty_runtime.otel import OpenTelemetry
from tests.runtime.stores import missing
from tests.runtime.support import GET, RawServer, SyncKit, http, operation, reply

OK = reply(200, {})
GUEST = operation(path="/v1/guests/{id}")
ASKED = {"path": {"id": "planted"}, "query": {"email": "planted@example.com"}}


class Telemetry:
    """Providers that keep what they are given."""

    def __init__(self) -> None:
        try:
            from opentelemetry.sdk.metrics import MeterProvider
            from opentelemetry.sdk.metrics.export import InMemoryMetricReader
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import SimpleSpanProcessor
            from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        except ImportError:
            missing("opentelemetry-sdk")
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.traces = TracerProvider()
        self.traces.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])
        self.observer = OpenTelemetry(self.traces, self.meters)

    def spans(self) -> list[Any]:
        return list(self.exporter.get_finished_spans())

    def points(self) -> list[tuple[str, str | None, Any]]:
        """Return name, unit and data points of every figure."""
        data = self.reader.get_metrics_data()
        metrics = [m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics] if data else []
        return [(metric.name, metric.unit, point) for metric in metrics for point in metric.data.data_points]


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """Telemetry of one test."""
    made = Telemetry()
    yield made
    made.traces.shutdown()
    made.meters.shutdown()


def test_one_span_a_call_with_one_child_an_attempt(kit: SyncKit, telemetry: Telemetry) -> None:
    """Names, kinds and attributes follow the stable conventions; nothing private is in them."""
    kit.tried(GUEST, reply(503), OK, settings={"observers": [telemetry.observer]}, **ASKED)
    first, second, call = telemetry.spans()
    assert ("demo getGuest", "GET /v1/guests/{id}") == (call.name, second.name)
    assert [call.context.span_id] * 2 == [span.parent.span_id for span in (first, second)]
    assert {"INTERNAL", "CLIENT"} == {call.kind.name, first.kind.name}
    assert {
        "http.request.method": "GET",
        "server.address": "api.example.com",
        "server.port": 443,
        "http.response.status_code": 503,
        "error.type": "503",
        "url.full": "https://api.example.com/v1/guests/{id}",
        "url.template": "/v1/guests/{id}",
    } == dict(first.attributes)
    assert 1 == second.attributes["http.request.resend_count"]
    assert ["ERROR", "UNSET", "UNSET"] == [span.status.status_code.name for span in (first, second, call)]
    assert ["wait"] == [event.name for event in call.events]
    assert "planted" not in "".join(span.to_json() for span in telemetry.spans())


def test_what_was_read_stands_in_the_span(kit: SyncKit, telemetry: Telemetry) -> None:
    """A misfit is an event of the call's span, which ends with the error that the caller gets."""
    error, _ = kit.tried(GET, reply(200, b"{"), settings={"observers": [telemetry.observer]})
    call = telemetry.spans()[-1]
    assert ["misfit"] == [event.name for event in call.events]
    assert (type(error).__name__, 200) == (call.attributes["error.type"], call.attributes["http.response.status_code"])


def test_the_duration_of_requests(kit: SyncKit, telemetry: Telemetry) -> None:
    """A histogram in seconds, with the advised buckets and a failure's kind."""
    refused = TransportFailure("refused", "api.example.com refused the connection", sent=False)
    kit.tried(operation(method="POST"), refused, OK, settings={"observers": [telemetry.observer]})
    points = telemetry.points()
    assert {("http.client.request.duration", "s")} == {(name, unit) for name, unit, _ in points}
    assert ["refused", None] == [point.attributes.get("error.type") for _, _, point in points]
    assert (0.005, 10) == (points[0][2].explicit_bounds[0], points[0][2].explicit_bounds[-1])


def test_spans_of_the_program_stand_above(kit: SyncKit, telemetry: Telemetry) -> None:
    """A call is a child of the span that is current; afterwards that one is current again."""
    tracer = telemetry.traces.get_tracer("test")
    with tracer.start_as_current_span("program") as program:
        kit.tried(GET, OK, settings={"observers": [telemetry.observer]})
        with tracer.start_as_current_span("afterwards"):
            pass
    parents = {span.name: span.parent.span_id if span.parent else None for span in telemetry.spans()}
    assert program.get_span_context().span_id == parents["demo getGuest"] == parents["afterwards"]


def test_no_doubles_beside_an_instrumentor(kit: SyncKit, telemetry: Telemetry, raw_server: RawServer) -> None:
    """Where httpx is instrumented, the attempt's span is the instrumentor's, below ours, and ours makes none."""
    try:
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    except ImportError:
        missing("opentelemetry-instrumentation-httpx")
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=telemetry.traces)
    try:
        raw_server.steps = [http()]
        client = kit.client(raw_server.url, observers=[telemetry.observer], clock=Clock())
        kit.run(client.call(GET))
    finally:
        instrumentor.uninstrument()
    attempt, call = telemetry.spans()
    assert ("demo getGuest", call.context.span_id) == (call.name, attempt.parent.span_id)
    assert "opentelemetry.instrumentation.httpx" == attempt.instrumentation_scope.name
    assert [] == telemetry.points()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(LoyaltyError, match=r"install loyalty-clients\[otel\]"):
        OpenTelemetry()
