"""Both kinds of client over both libraries: what holds for one transport holds for all four."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.http.servers import AUTHORITY
from tests.runtime.support import AsyncKit, FakeClock, SyncKit

_VARIABLES = ("NO_PROXY", "no_proxy", "SSL_CERT_DIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class LibraryKit(SyncKit):
    """Synchronous clients that send with one library."""

    library = "httpx"

    def client(self, base_url: str | None = None, credentials: dict[str, Any] | None = None, **settings: Any) -> Any:
        """Make a client of this library."""
        return super().client(base_url, credentials, **{"http": self.library, **settings})


class AsyncLibraryKit(LibraryKit, AsyncKit):
    """Asynchronous clients that send with one library."""


@pytest.fixture(params=["sync-httpx", "async-httpx", "sync-httpx2", "async-httpx2"])
def kit(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[LibraryKit]:
    """Clients of one kind and library, and a way to run what their methods return."""
    kind, _, library = request.param.partition("-")
    made = LibraryKit(clock) if kind == "sync" else AsyncLibraryKit(clock)
    made.library = library
    yield made
    made.close()


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """The authority's certificate in a file."""
    file = tmp_path / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(file)
    return str(file)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
