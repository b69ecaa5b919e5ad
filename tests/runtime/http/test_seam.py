"""The place where httpx is used: its methods untouched, its private pool replaced, in versions that were tried."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from loyalty_runtime import LoyaltyError
from loyalty_runtime.http import seam
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.support import Demo, RawServer, http

LIBRARIES = pytest.mark.parametrize("library", seam.LIBRARIES)


@LIBRARIES
def test_the_installed_version_was_tried(library: str) -> None:
    """A new version stops here; run the tests of this folder with it, then add it to `TRIED`."""
    assert version(library) in seam.TRIED[library]


@pytest.mark.parametrize(("chosen", "other"), [("httpx", "httpx2"), ("httpx2", "httpx")])
def test_only_the_chosen_library_is_imported(raw_server: RawServer, chosen: str, other: str) -> None:
    """A mock of the one would let requests of the other out, so that nothing but the setting chooses."""
    raw_server.steps = [http()]
    program = (
        "import sys\nfrom tests.runtime.support import GET, Demo\n"
        f"with Demo(base_url={raw_server.url!r}, http={chosen!r}) as client:\n"
        "    before = {'httpx', 'httpx2'} & set(sys.modules)\n"
        "    client.call(GET)\n"
        "print(sorted(before), sorted({'httpx', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert f"[] ['{chosen}']" == done.stdout.strip()
    assert other != chosen


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    seam.seam.cache_clear()
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with (
        Demo(base_url="http://127.0.0.1:1", http="httpx2", max_retries=0) as client,
        pytest.raises(LoyaltyError, match=r"http='httpx2' needs that library: pip install 'loyalty-clients\[httpx2\]'"),
    ):
        client.request("GET", "/x")
    seam.seam.cache_clear()


def test_the_target_goes_out_as_it_was_encoded(kit: LibraryKit, raw_server: RawServer) -> None:
    """No library writes it anew."""
    raw_server.steps = [http()]
    client = kit.client(raw_server.url)
    kit.run(client.request("GET", "/v1/a%2fb/x'(~)", params={"q": "a b%"}))
    assert raw_server.received[0].startswith(b"GET /v1/a%2fb/x'(~)?q=a%20b%25 HTTP/1.1\r\n")
