"""Tools that programs test and watch their HTTP with, the real ones: they see the default transport."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vcr  # type: ignore[import-untyped]
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor, HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpx import HTTPXMock
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from loyalty_runtime import ConnectionOptions, InternalServerError
from loyalty_runtime._version import __version__
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.support import GET, POST, RawServer, http


def test_vcrpy_replays_without_sending(kit: LibraryKit, raw_server: RawServer, tmp_path: Path) -> None:
    """What was recorded once is answered from the cassette; the only connection is given back each time."""
    raw_server.steps = [http(201, b'{"id": 1}')] * 2
    client = kit.client(raw_server.url, max_retries=0, timeout=5, connections=ConnectionOptions(max_connections=1))
    for mode in ("once", "all", "none"):
        with vcr.use_cassette(str(tmp_path / "guest.yaml"), record_mode=mode) as played:
            assert {"id": 1} == kit.run(client.request("POST", "/v1/guests", json={"name": "Ada"})).json()
    assert (1, 2) == (played.play_count, len(raw_server.received))


def test_vcrpy_lets_nothing_out(kit: LibraryKit, raw_server: RawServer, tmp_path: Path) -> None:
    """A request that is not on the cassette fails in its words, and was not sent."""
    client = kit.client(raw_server.url, max_retries=0)
    with (
        vcr.use_cassette(str(tmp_path / "empty.yaml"), record_mode="none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        kit.run(client.call(POST))
    assert [] == raw_server.received


@pytest.fixture
def spans(kit: LibraryKit) -> Iterator[InMemorySpanExporter]:
    """What the instrumentor of the kit's library reports."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor: Any = HTTPX2ClientInstrumentor() if kit.library == "httpx2" else HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()


def test_opentelemetry_shows_the_span(kit: LibraryKit, raw_server: RawServer, spans: InMemorySpanExporter) -> None:
    """Each attempt is one span with method, status and the trace context on the wire."""
    raw_server.steps = [http(503), http()]
    kit.run(kit.client(raw_server.url, max_retries=1).call(GET))
    found = spans.get_finished_spans()
    assert ["GET", "GET"] == [span.name for span in found]
    assert [503, 200] == [(span.attributes or {})["http.status_code"] for span in found]
    assert all(b"traceparent: " in request.lower() for request in raw_server.received)


ONLY_HTTPX = pytest.mark.parametrize("kit", ["sync-httpx", "async-httpx"], indirect=True)


@ONLY_HTTPX
def test_pytest_httpx_mocks_the_default_transport(kit: LibraryKit, httpx_mock: HTTPXMock) -> None:
    """Its fixture answers instead of the network, repeats included; it knows httpx only."""
    httpx_mock.add_response(status_code=503)
    httpx_mock.add_response(json={"id": 1}, match_headers={"User-Agent": f"loyalty-clients/{__version__} (demo)"})
    client = kit.client("https://demo.example", max_retries=1)
    assert {"id": 1} == kit.run(client.call(GET))
    assert ["https://demo.example/v1/guests"] * 2 == [str(request.url) for request in httpx_mock.get_requests()]
    httpx_mock.add_response(status_code=500, method="POST")
    with pytest.raises(InternalServerError):
        kit.run(client.call(POST, json={"name": "Ada"}))
