"""One kit for both kinds of client: a test written once runs with the synchronous and the asynchronous one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

RUNTIME = Path(__file__).resolve().parents[2] / "runtime"
if str(RUNTIME) not in sys.path:
    sys.path.insert(0, str(RUNTIME))

from tests.runtime.support import AsyncKit, FakeClock, RawServer, SyncKit  # noqa: E402


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when somebody waits."""
    return FakeClock()


@pytest.fixture(params=["sync", "async"])
def kit(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[SyncKit | AsyncKit]:
    """Clients of one kind, and a way to run what their methods return."""
    made: SyncKit | AsyncKit = SyncKit(clock) if request.param == "sync" else AsyncKit(clock)
    yield made
    made.close()


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    """A server that sends exactly the bytes it is told."""
    server = RawServer()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
