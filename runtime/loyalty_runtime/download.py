"""Replies streamed to a file: bounded, complete or absent, and without credentials for other hosts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .calls.addresses import follow
from .calls.failures import connection_error, status_error
from .errors import APIError, ArgumentError, TransportFailure
from .http.connections import is_loopback
from .wire.headers import FieldList
from .wire.messages import RawResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .calls.auth import Token
    from .calls.call import Call
    from .calls.core import ClientCore
    from .calls.engine import Engine
    from .wire.messages import Origin

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PUBLIC = frozenset((b"accept", b"accept-encoding", b"user-agent"))
_MAX_HOPS = 5
_ERROR_BODY = 64 * 1024


async def save(
    client: ClientCore, call: Call, to: str | os.PathLike[str], max_bytes: int, allow_hosts: Sequence[str]
) -> Path:
    """Stream the reply of a prepared call to a file and return its path.

    The file is written under a temporary name beside its place and renamed when it is complete.
    Raises `ArgumentError` for a place that cannot be written and for a foreign host that was not allowed.
    """
    target = Path(to)
    engine = client._ready()
    engine.check_open()
    call.max_body = max_bytes
    io = engine.io
    deadline = None if call.timeout is None else call.started + call.timeout
    repeats = attempts = hops = 0
    refused: Token | None = None
    while True:
        source = call.plan.tokens if call.plan is not None else None
        token: Token | None = None  # anew for each attempt: a redirect to another host must not inherit it
        if call.origin == engine.origin:
            await engine.permit(call, deadline, attempts)
        if source is not None:
            token = await engine.token(call, source, refused, deadline)
        attempts += 1
        failure: TransportFailure | None = None
        reply: RawResponse | None = None
        left = None if deadline is None else max(deadline - io.clock.monotonic(), 0.001)
        try:
            reply = await _attempt(engine, call, token, left, target)
        except TransportFailure as error:
            failure = error
        if failure is not None:
            wait = engine.wait_after_failure(call, failure, repeats, deadline)
            if wait is None:
                raise connection_error(call, failure, attempts)
        elif reply is None:
            return target
        else:
            reply.attempts = attempts
            if reply.status == 401 and engine.renew(source, token, refused, call):
                refused = token
                continue
            if reply.status in _REDIRECTS and hops < _MAX_HOPS and "location" in reply.headers:
                hops += 1
                aim(engine, call, reply.headers["location"], allow_hosts)
                continue
            wait = engine.wait_after_status(call, reply, repeats, deadline)
            if wait is None:
                error_: APIError = status_error(call.operation, reply, io.clock)
                raise error_
        repeats += 1
        await io.sleep(wait)


def aim(engine: Engine, call: Call, location: str, allow_hosts: Sequence[str]) -> None:
    """Point a download at a link of the vendor; a foreign host must be allowed by name and gets no credentials."""
    origin, target = follow(call.origin, call.target, location)
    if origin != engine.origin:
        _check_foreign(origin, allow_hosts)
        call.plan = None
        call.fields = FieldList(
            [(b"Host", origin.authority.encode()), *(f for f in call.fields if f[0].lower() in _PUBLIC)]
        )
    call.origin, call.target = origin, target


def _check_foreign(origin: Origin, allow_hosts: Sequence[str]) -> None:
    if origin.host not in allow_hosts and origin.authority not in allow_hosts:
        raise ArgumentError(
            f"The file lies on {origin.authority}, not on the client's own server; pass allow_hosts=({origin.authority!r},) if that host is to be trusted.",
            argument="allow_hosts",
        )
    if origin.scheme != "https" and not is_loopback(origin.host):
        raise ArgumentError(f"The file on {origin.host} is offered over plain http only.", argument="allow_hosts")


async def _attempt(
    engine: Engine, call: Call, token: Token | None, left: float | None, target: Path
) -> RawResponse | None:
    """Return None when the file is complete, otherwise the reply that is not a success."""
    async with engine.io.stream(engine.request(call, token, left)) as (response, chunks):
        if 200 <= response.status < 300:
            await _write(engine, chunks, target)
            return None
        body = b""
        async for chunk in chunks:
            body += chunk
            if len(body) > _ERROR_BODY:
                break
        return RawResponse(response.status, response.headers, body[:_ERROR_BODY])


async def _write(engine: Engine, chunks: Any, target: Path) -> None:
    from tempfile import NamedTemporaryFile

    try:
        file = NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", suffix=".part", delete=False)  # noqa: SIM115
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise ArgumentError(f"{target.name} cannot be written there: {problem}.", argument="to") from None
    try:
        with file:
            async for chunk in chunks:
                await engine.io.run(lambda data=chunk: file.write(data))  # type: ignore[misc]
        Path(file.name).replace(target)
    except BaseException:
        Path(file.name).unlink()
        raise
