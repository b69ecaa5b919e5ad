"""Asking a proxy for a way to a server: CONNECT, or SOCKS 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import TransportFailure
from .connection import Connection, Message

if TYPE_CHECKING:
    from ..errors import TransportProblem
    from ..wire.messages import Origin
    from .failures import Progress
    from .proxies import Proxy
    from .streams import Stream


async def tunnel(stream: Stream, proxy: Proxy, origin: Origin, port: int, progress: Progress) -> None:
    """Ask an HTTP proxy for a connection to the server (CONNECT)."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    target = f"{host}:{port}".encode()
    asked = Connection(stream, proxy.host)
    message = Message(b"CONNECT", target, [(b"Host", target)])
    if proxy.authorization is not None:
        message.fields.append((b"Proxy-Authorization", proxy.authorization))
    problem = ""
    refused = False  # for good, so that asking again is no use
    try:
        head = await asked.send(message, progress)
    except TransportFailure:
        problem = "closed the connection without an answer"
    else:
        if head.status == 407:
            raise TransportFailure("proxy", f"{proxy} wants other credentials (407)", sent=False)
        if not 200 <= head.status < 300:
            problem = f"answered {head.status}"
            refused = head.status < 500
    finally:
        progress.phase, progress.sent = "tunnelling", False
    if problem:
        kind: TransportProblem = "proxy" if refused else "connect"
        raise TransportFailure(kind, f"{proxy} {problem} when asked for a tunnel", sent=False)


_SOCKS_REFUSALS = {
    2: "forbids the connection",
    3: "cannot reach the network",
    4: "cannot reach the host",
    5: "was refused by the server",
}


async def socks(stream: Stream, proxy: Proxy, host: str, port: int, progress: Progress) -> None:
    """Ask a SOCKS 5 proxy (RFC 1928, 1929) for a connection; it looks the name up."""
    received = b""

    async def take(count: int) -> bytes:
        nonlocal received
        while len(received) < count:
            data = await stream.read(progress)
            if not data:
                raise failure("closed the connection")
            received += data
        taken, received = received[:count], received[count:]
        return taken

    def failure(words: str) -> TransportFailure:
        return TransportFailure("connect", f"{proxy} {words}", sent=False)

    progress.phase = "tunnelling"
    await stream.write(memoryview(b"\x05\x01\x00" if proxy.user is None else b"\x05\x02\x00\x02"), progress)
    version, method = await take(2)
    if version != 5 or method == 0xFF or (method == 2 and proxy.user is None):
        raise TransportFailure("proxy", f"{proxy} wants other credentials, or speaks no SOCKS 5", sent=False)
    if method == 2:
        await stream.write(proxy.socks_login, progress)
        if (await take(2))[1]:
            raise TransportFailure("proxy", f"{proxy} wants other credentials", sent=False)
    name = host.encode("ascii")
    asked = b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big")
    await stream.write(memoryview(asked), progress)
    _, refused, _, kind = await take(4)
    if refused:
        raise failure(_SOCKS_REFUSALS.get(refused, "refused the connection"))
    rest = {1: 4, 4: 16}.get(kind)
    await take((rest if rest is not None else (await take(1))[0]) + 2)
