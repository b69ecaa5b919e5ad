"""One deadline over all of a call, and true words about what was sent."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    Clock,
)
from loyalty_runtime.http import reach
from loyalty_runtime.http.seam import seam
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.support import GET, POST, RawServer, http


@pytest.fixture
def silent() -> Iterator[Callable[[str, int], int]]:
    """Make addresses of this machine that answer no connection: their queues are full."""
    held: list[socket.socket] = []

    def fill(address: str, port: int) -> int:
        listener = socket.create_server((address, port), backlog=0)
        held.append(listener)
        port = int(listener.getsockname()[1])
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((address, port))
            held.append(filler)
        return port

    yield fill
    for each in held:
        each.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Names of `.test` and what they lead to: addresses, or a function."""
    known: dict[str, Any] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        found = known.get(host)
        if found is None:
            return real(host, port, *rest, **more)
        addresses: Any = found() if callable(found) else found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def call(kit: LibraryKit, url: str, timeout: float, operation: Any = GET, **arguments: Any) -> Any:
    """Call once, with the true clock; the library is there already, as importing it cannot be interrupted."""
    seam(kit.library)
    client = kit.client(url, allow_http=True, clock=Clock(), max_retries=0, timeout=timeout)
    return kit.run(client.call(operation, **arguments))


def test_silent_addresses_share_one_deadline(kit: LibraryKit, silent: Any, names: dict[str, Any]) -> None:
    """Six addresses do not take six times as long."""
    port = silent("127.0.0.11", 0)
    addresses = [f"127.0.0.{number}" for number in range(11, 17)]
    for address in addresses[1:]:
        silent(address, port)
    names["many.test"] = addresses
    begun = time.monotonic()
    with pytest.raises(APITimeoutError, match=r"many.test: connecting took too long") as caught:
        call(kit, f"http://many.test:{port}", 0.7)
    assert time.monotonic() - begun < 2
    assert caught.value.sent is False


def test_a_silent_address_is_left_for_the_next(
    kit: LibraryKit, silent: Any, names: dict[str, Any], raw_server: RawServer
) -> None:
    """The next address is tried beside it after a quarter of a second, one that refuses is left at once."""
    silent("127.0.0.21", raw_server.port)
    names["mixed.test"] = ["127.0.0.21", "127.0.0.22", "127.0.0.1"]
    raw_server.steps = [http(body=b'{"a": 1}')]
    begun = time.monotonic()
    assert {"a": 1} == call(kit, f"http://mixed.test:{raw_server.port}", 10)
    assert time.monotonic() - begun < 3


def test_a_slow_look_up_ends_in_time(kit: LibraryKit, names: dict[str, Any]) -> None:
    """The system's look-up cannot be interrupted; nobody waits for it any longer."""
    ended = threading.Event()
    asked: list[int] = []

    def slow() -> list[str]:
        asked.append(1)
        ended.wait(10)
        return ["127.0.0.1"]

    names["slow.test"] = slow
    begun = time.monotonic()
    for _ in range(2):
        with pytest.raises(APITimeoutError, match=r"slow.test: looking up the name took too long") as caught:
            call(kit, "http://slow.test:9", 0.2)
        assert caught.value.sent is False
    assert time.monotonic() - begun < 2
    ended.set()
    assert [1] == asked, "both calls share one look-up"
    while ("slow.test", 9) in reach._look_ups._running:
        time.sleep(0.01)


def test_a_handshake_nobody_answers(kit: LibraryKit, raw_server: RawServer) -> None:
    """TLS counts too."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(APITimeoutError, match="the TLS handshake took too long") as caught,
    ):
        call(kit, f"https://127.0.0.1:{listener.getsockname()[1]}", 0.3)
    assert caught.value.sent is False


def test_a_server_that_does_not_read(kit: LibraryKit) -> None:
    """An upload that gets stuck ends in time; part of it was sent."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(APITimeoutError, match="the request could not be sent in time") as caught,
    ):
        call(kit, f"http://127.0.0.1:{listener.getsockname()[1]}", 0.5, POST, content=b"x" * 20_000_000)
    assert caught.value.sent is True


def test_an_unknown_name(kit: LibraryKit, names: dict[str, Any]) -> None:
    """The error says so, and names the host."""

    def fail() -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "planted words")

    names["none.test"] = fail
    with pytest.raises(APIConnectionError, match=r"failed: none.test: its name was not found") as caught:
        call(kit, "http://none.test", 5)
    assert caught.value.sent is False
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize("timeout", [float("inf"), 1e300])
def test_endless_timeouts(kit: LibraryKit, raw_server: RawServer, timeout: float) -> None:
    """What no clock can count is for ever."""
    raw_server.steps = [http(body=b'{"a": 1}')]
    assert {"a": 1} == call(kit, raw_server.url, timeout)


@pytest.mark.parametrize("kind", ["bytes", "file"])
def test_an_early_refusal_of_an_upload(kit: LibraryKit, kind: str, tmp_path: Any) -> None:
    """A server may answer and close before it has read the body; its answer is what counts."""

    def refuse(connection: socket.socket) -> None:
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 413 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            time.sleep(0.05)

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: refuse(listener.accept()[0]))
    thread.start()
    content: Any = b"x" * 20_000_000
    if kind == "file":
        content = tmp_path / "large.bin"
        content.write_bytes(b"x" * 20_000_000)
    with pytest.raises(APIStatusError) as caught:
        call(kit, f"http://127.0.0.1:{listener.getsockname()[1]}", 10, POST, content=content)
    assert (413, b"{}") == (caught.value.status, caught.value.raw)
    thread.join(5)
    listener.close()


@pytest.mark.parametrize(
    ("length", "words"), [(5, "longer than announced"), (50, "shorter than announced")], ids=["grows", "shrinks"]
)
def test_a_file_that_changes_while_it_is_sent(kit: LibraryKit, raw_server: RawServer, length: int, words: str) -> None:
    """The length that was announced is kept, or the call fails and says why."""

    class Changing(io.BytesIO):
        """A file of twenty bytes that had another length when it was measured."""

        def seek(self, offset: int, whence: int = 0) -> int:
            found = super().seek(offset, whence)
            return length if whence == 2 else found

    with pytest.raises(APIConnectionError, match=words) as caught:
        call(kit, raw_server.url, 5, POST, content=Changing(b"x" * 20))
    assert caught.value.sent is True
