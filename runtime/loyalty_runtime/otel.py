"""Tracing by OpenTelemetry (extra `[otel]`): `Stampede(observers=[OpenTelemetry()])`.

One span for each logical call, below it one for each attempt, and the histogram `http.client.request.duration`, by the stable conventions
for HTTP clients. Where an instrumentor of the HTTP library is active, it makes spans and figures of the attempts, and this makes none.
"""

from __future__ import annotations

import sys
from time import time_ns
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import LoyaltyError

if TYPE_CHECKING:
    from .events import Event

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_INSTRUMENTORS = ("HTTPXClientInstrumentor", "HTTPX2ClientInstrumentor")


class OpenTelemetry:
    """An observer that turns events into spans and a histogram; give it to any number of clients.

    `tracer_provider` and `meter_provider` default to the global ones. Raises `LoyaltyError` where OpenTelemetry is not installed.
    """

    def __init__(self, tracer_provider: Any = None, meter_provider: Any = None) -> None:
        try:
            from opentelemetry import context, metrics, trace
        except ImportError:
            raise LoyaltyError("OpenTelemetry is not installed; install loyalty-clients[otel].") from None
        from ._version import __version__

        self._context, self._trace = context, trace
        self._tracer = trace.get_tracer("loyalty_runtime", __version__, tracer_provider)
        self._duration = metrics.get_meter("loyalty_runtime", __version__, meter_provider).create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._open: dict[int, tuple[Any, Any]] = {}

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if event.kind == "start":
            self._start(event)
        elif event.kind == "end":
            self._end(event)
        elif event.kind == "attempt":
            self._attempt(event)
        else:
            span = self._open.get(event.call, (None, None))[0]
            if span is not None:
                facts = {"loyalty.reason": event.failure, "loyalty.seconds": event.seconds, "loyalty.size": event.size}
                span.add_event(event.kind, {name: value for name, value in facts.items() if value is not None})

    def _start(self, event: Event) -> None:
        attributes = {"loyalty.vendor": event.vendor, "loyalty.operation": event.operation, "url.template": event.path}
        span = self._tracer.start_span(f"{event.vendor} {event.operation}", attributes=attributes)
        self._open[event.call] = (span, self._context.attach(self._trace.set_span_in_context(span)))

    def _end(self, event: Event) -> None:
        span, token = self._open.pop(event.call, (None, None))
        if span is None:
            return
        self._context.detach(token)
        if event.status is not None:
            span.set_attribute("http.response.status_code", event.status)
        _mark(span, event)
        span.end()

    def _attempt(self, event: Event) -> None:
        if _instrumented():
            return
        server = urlsplit(event.server)
        attributes: dict[str, Any] = {
            "http.request.method": event.method,
            "server.address": server.hostname or "",
            "server.port": server.port or (443 if server.scheme == "https" else 80),
        }
        if event.status is not None:
            attributes["http.response.status_code"] = event.status
        if event.failure is not None or (event.status or 0) >= 400:
            attributes["error.type"] = event.problem or str(event.status)
        self._duration.record(event.seconds, attributes)
        more: dict[str, Any] = {"url.full": f"{event.server}{event.path}", "url.template": event.path}
        if event.attempt > 1:
            more["http.request.resend_count"] = event.attempt - 1
        now = time_ns()
        span = self._tracer.start_span(
            f"{event.method} {event.path}",
            kind=self._trace.SpanKind.CLIENT,
            attributes={**attributes, **more},
            start_time=now - int(event.seconds * 1e9),
        )
        _mark(span, event)
        span.end(now)


def _mark(span: Any, event: Event) -> None:
    if event.failure is None and (event.status or 0) < 400:
        return
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", event.problem or str(event.status))
    span.set_status(Status(StatusCode.ERROR, event.failure))


def _instrumented() -> bool:
    """Say whether an instrumentor of the HTTP library is active in this process."""
    loaded = sys.modules.get("opentelemetry.instrumentation.httpx")
    found = [getattr(loaded, name, None) for name in _INSTRUMENTORS]
    return any(made is not None and made().is_instrumented_by_opentelemetry for made in found)
