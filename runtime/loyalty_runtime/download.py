"""Replies streamed to a file: bounded, complete or absent, and without credentials for other hosts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .calls.addresses import follow
from .errors import ArgumentError, LoyaltyError
from .http.connections import is_loopback
from .wire.messages import FieldList, RawResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from .calls.call import Call
    from .calls.core import ClientCore
    from .http.ports import IO
    from .wire.messages import Origin, Request

_PUBLIC = frozenset((b"accept", b"accept-encoding", b"user-agent"))
_ERROR_BODY = 64 * 1024


async def save(
    client: ClientCore,
    call: Call,
    to: str | os.PathLike[str],
    *,
    max_bytes: int,
    allow_hosts: Sequence[str] = (),
    link: str = "",
) -> Path:
    """Stream the reply of a prepared call, or what a `link` of the vendor points to, to a file and return its path.

    The file is written under a temporary name beside its place and renamed when it is complete.
    Raises `ArgumentError` for a place that cannot be written and for a foreign host that was not allowed, `LoyaltyError` for a full disk.
    """
    engine = client._ready()
    hosts = (allow_hosts,) if isinstance(allow_hosts, str) else tuple(allow_hosts)
    delivery = _ToFile(_place(to), engine.origin, hosts)
    call.delivery = delivery
    call.max_body = max_bytes
    if link:
        delivery.redirect(call, link)

    def read(reply: RawResponse) -> Path:
        if reply.status >= 300:
            raise client._reading.status_error(call.operation, reply)
        size = delivery.target.stat().st_size
        seconds = engine.io.clock.monotonic() - call.started
        client._reading.tell("download", call.operation, reply, size=size, seconds=seconds)
        return delivery.target

    return await engine.read(call, read)


def _place(to: str | os.PathLike[str]) -> Path:
    """Return the place of a file; raise `ArgumentError`, before anything is sent, where none can be written."""
    target = Path(to)
    problem = ""
    try:
        if target.is_dir():
            problem = "it is a folder; name a file in it"
        elif not target.parent.is_dir():
            problem = f"there is no folder {target.parent}"
        elif not target.name or "\0" in target.name:
            problem = "no file can have this name"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except ValueError:  # as some versions of Python say for a null character
        problem = "no file can have this name"
    if problem:
        raise ArgumentError(f"{target.name!r} cannot be written: {problem}.", argument="to")
    return target


class _ToFile:
    """Write the reply of a success to a file; keep the beginning of any other."""

    __slots__ = ("allow_hosts", "home", "target")

    def __init__(self, target: Path, home: Origin, allow_hosts: Sequence[str]) -> None:
        self.target = target
        self.home = home
        self.allow_hosts = allow_hosts

    async def receive(self, io: IO, request: Request) -> RawResponse:
        """Send one attempt; the body of a success goes to the file, so the reply that is returned has none."""
        body = b""
        async with io.stream(request) as (response, chunks):
            if 200 <= response.status < 300:
                await _write(io, chunks, self.target)
            else:
                async for chunk in chunks:
                    body += chunk
                    if len(body) > _ERROR_BODY:
                        break
            return RawResponse(response.status, response.headers, body[:_ERROR_BODY])

    def redirect(self, call: Call, location: str) -> bool:
        """Point the call at a link of the vendor; a foreign host must be allowed by name and gets no credentials."""
        origin, target = follow(call.origin, call.target, location)
        if origin != self.home:
            _check_foreign(origin, self.allow_hosts)
            call.plan = call.token = None
            call.limits = ()
            public = [field for field in call.fields if field[0].lower() in _PUBLIC]
            call.fields = FieldList([(b"Host", origin.authority.encode()), *public])
        call.origin, call.target = origin, target
        return True


def _check_foreign(origin: Origin, allow_hosts: Sequence[str]) -> None:
    allowed = {host.lower() for host in allow_hosts}
    if not allowed & {origin.host.lower(), origin.authority.lower()}:
        raise ArgumentError(
            f"The file lies on {origin.authority}, not on the client's own server; pass allow_hosts=({origin.authority!r},) if that host is to be trusted.",
            argument="allow_hosts",
        )
    if origin.scheme != "https" and not is_loopback(origin.host):
        raise ArgumentError(f"The file on {origin.host} is offered over plain http only.", argument="allow_hosts")


async def _write(io: IO, chunks: AsyncIterator[bytes], target: Path) -> None:
    from tempfile import NamedTemporaryFile

    part = ""
    problem = ""
    try:
        with NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name[:50]}.", suffix=".part", delete=False
        ) as file:
            part = file.name
            async for chunk in chunks:
                await io.run(lambda data=chunk: file.write(data))  # type: ignore[misc]
        Path(part).replace(target)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    finally:
        if part:
            Path(part).unlink(missing_ok=True)  # the complete file has its own name by now
    if problem:
        raise LoyaltyError(f"{target.name!r} cannot be written: {problem}.")
