"""Long-running work: the handle that follows it until its result is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .calls.failures import decode_failure, request_id, status_error
from .download import aim, save
from .errors import APITimeoutError, DecodeError, JobFailedError
from .http.ports import run_sync
from .options import MAX_FILE, CallOptions
from .wire.decoding import Misfit, dig, guarded, parse_json, success_reply
from .wire.encoding import text_of

if TYPE_CHECKING:
    from .async_client import AsyncBaseClient
    from .calls.core import ClientCore
    from .client import BaseClient
    from .declared.operation import LongOperation, Operation
    from .options import CallArguments
    from .wire.messages import RawResponse

StartT = TypeVar("StartT")
FinalT = TypeVar("FinalT")

_SLOWEST_POLL = 15.0


class _State(Generic[StartT, FinalT]):
    """What is known of the work, and the steps that learn more."""

    __slots__ = ("id", "operation", "raw", "reply", "started", "value")

    def __init__(
        self, operation: LongOperation[StartT, FinalT], started: StartT, value: object, raw: RawResponse
    ) -> None:
        self.operation = operation
        self.started = started
        self.value = value
        self.raw = raw
        self.reply: FinalT | None = None
        found = dig(value, operation.long_running.id)
        if not isinstance(found, (str, int)) or found == "":
            path = f"$.{operation.long_running.id}"
            raise decode_failure(operation, raw, Misfit("the id to follow the work by is missing", path))
        self.id = text_of(found)

    @property
    def status(self) -> str:
        found = dig(self.value, self.operation.long_running.status)
        return "" if found is None else str(found)

    @property
    def result(self) -> object:
        path = self.operation.long_running.result
        return dig(self.value, path) if path else None

    @property
    def failed(self) -> bool:
        rules = self.operation.long_running
        return self.status in rules.failed or bool(rules.error and dig(self.value, rules.error) is not None)

    @property
    def done(self) -> bool:
        return self.status in self.operation.long_running.done and not self.failed

    async def refresh(self, client: ClientCore, options: CallOptions | None) -> None:
        rules = self.operation.long_running
        poll = rules.poll()
        arguments: CallArguments = {"options": options}
        place = "path" if rules.parameter in poll.parts[1::2] else "query"
        arguments[place] = {rules.parameter: self.id}  # type: ignore[literal-required]
        self.reply, self.value, self.raw = await _ask(client, poll, arguments)

    async def wait(
        self, client: ClientCore, timeout: float | None, progress: Callable[[], None] | None, poll: float
    ) -> FinalT:
        clock = client._port.clock
        begun = clock.monotonic()
        pause = poll
        while True:
            if self.failed:
                raise self._failure()
            if self.done and self.reply is not None:
                return self.reply
            left = None if timeout is None else timeout - (clock.monotonic() - begun)
            if (left is not None and left <= 0) or (not self.done and left is not None and left < pause):
                raise self._timeout(timeout)
            if not self.done:
                await client._port.sleep(pause)
                pause = min(pause * 1.5, max(poll, _SLOWEST_POLL))
                left = None if timeout is None else timeout - (clock.monotonic() - begun)
            budget = client._timeout if left is None else min(left, client._timeout or left)
            await self.refresh(client, CallOptions(timeout=None if budget is None else max(budget, 0.001)))
            if progress is not None:
                progress()

    def _failure(self) -> JobFailedError:
        operation, rules = self.operation, self.operation.long_running
        return JobFailedError(
            f"started work that ended with status {self.status[:40]!r}",
            body=dig(self.value, rules.error) if rules.error else self.value,
            vendor=operation.vendor,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            status=self.raw.status,
            raw=self.raw.content,
            headers=self.raw.headers,
            request_id=request_id(self.raw.headers),
            attempts=self.raw.attempts,
        )

    def _timeout(self, timeout: float | None) -> APITimeoutError:
        operation = self.operation
        return APITimeoutError(
            f"started work that is not finished after {timeout} s, last status {self.status[:40]!r}; wait again to go on",
            vendor=operation.vendor,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
        )

    async def download(
        self,
        client: ClientCore,
        to: str | PathLike[str],
        max_bytes: int,
        allow_hosts: Sequence[str],
        timeout: float | None,
    ) -> Path:
        link = self.result
        operation = self.operation
        if not isinstance(link, str) or not link:
            misfit = Misfit(
                "no address of a file is there; wait for the end first", f"$.{operation.long_running.result}"
            )
            failure: DecodeError = decode_failure(operation, self.raw, misfit)
            raise failure
        from .declared.operation import Operation

        fetch: Operation[object] = Operation(
            vendor=operation.vendor, id=operation.id, method="GET", path="(result file)", security=operation.security
        )
        call = client._prepare(fetch, {"options": CallOptions(timeout=timeout)})
        call.target = "/"
        aim(client._ready(), call, link, allow_hosts)
        return await save(client, call, to, max_bytes, allow_hosts)


async def _ask(
    client: ClientCore, operation: Operation[Any], arguments: CallArguments
) -> tuple[Any, object, RawResponse]:
    raw = await client._ready().exchange(client._prepare(operation, arguments))
    if raw.status >= 300:
        raise status_error(operation, raw, client._port.clock)
    misfit: Misfit
    try:
        reply = success_reply(operation, raw)
        value = parse_json(raw)
        return (value if reply.decode is None else guarded(reply, value)), value, raw
    except Misfit as error:
        misfit = error
    raise decode_failure(operation, raw, misfit)


async def begin(
    client: ClientCore, operation: LongOperation[StartT, FinalT], arguments: CallArguments
) -> tuple[_State[StartT, FinalT]]:
    """Send the call that starts the work."""
    started, value, raw = await _ask(client, operation, arguments)
    return (_State(operation, started, value, raw),)


class _Handle(Generic[StartT, FinalT]):
    __slots__ = ("_state",)

    _state: _State[StartT, FinalT]

    @property
    def id(self) -> str:
        """The vendor's id of the work."""
        return self._state.id

    @property
    def status(self) -> str:
        """The last status seen, in the vendor's words."""
        return self._state.status

    @property
    def done(self) -> bool:
        """Say whether the work was seen to have ended well."""
        return self._state.done

    @property
    def started(self) -> StartT:
        """The reply that started the work."""
        return self._state.started

    @property
    def reply(self) -> FinalT | None:
        """The last reply about the state; None before the first."""
        return self._state.reply

    @property
    def result(self) -> object:
        """What the vendor gives as the result, usually the address of a file; None while there is none."""
        return self._state.result

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._state.operation.vendor} {self._state.operation.id}: {self.status[:40]!r}>"


class Job(_Handle[StartT, FinalT]):
    """Work that was started by a synchronous client."""

    __slots__ = ("_client",)

    def __init__(self, client: BaseClient, state: _State[StartT, FinalT]) -> None:
        self._client = client
        self._state = state

    def refresh(self) -> Job[StartT, FinalT]:
        """Ask for the state once."""
        run_sync(self._state.refresh(self._client, None))
        return self

    def wait(
        self,
        *,
        timeout: float | None = 600.0,
        progress: Callable[[Job[StartT, FinalT]], None] | None = None,
        poll: float = 2.0,
    ) -> FinalT:
        """Ask until the work has ended and return the last reply.

        `timeout` and `poll` (the first pause, which grows up to 15 s) are in seconds; `progress` gets this handle after each reply.
        Raises `JobFailedError`, and `APITimeoutError` when the time is over; waiting again goes on.
        """
        report = None if progress is None else lambda: progress(self)
        return run_sync(self._state.wait(self._client, timeout, report, poll))

    def download(
        self,
        to: str | PathLike[str],
        *,
        max_bytes: int = MAX_FILE,
        allow_hosts: Sequence[str] = (),
        timeout: float | None = 600.0,
    ) -> Path:
        """Stream the result to a file, which appears under its name only when it is complete.

        A file on another host than the client's server is fetched only if that host is in `allow_hosts`, and without credentials.
        """
        return run_sync(self._state.download(self._client, to, max_bytes, allow_hosts, timeout))


class AsyncJob(_Handle[StartT, FinalT]):
    """Work that was started by an asynchronous client."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncBaseClient, state: _State[StartT, FinalT]) -> None:
        self._client = client
        self._state = state

    async def refresh(self) -> AsyncJob[StartT, FinalT]:
        """Ask for the state once."""
        await self._state.refresh(self._client, None)
        return self

    async def wait(
        self,
        *,
        timeout: float | None = 600.0,
        progress: Callable[[AsyncJob[StartT, FinalT]], None] | None = None,
        poll: float = 2.0,
    ) -> FinalT:
        """Ask until the work has ended and return the last reply.

        `timeout` and `poll` (the first pause, which grows up to 15 s) are in seconds; `progress` gets this handle after each reply.
        Raises `JobFailedError`, and `APITimeoutError` when the time is over; waiting again goes on.
        """
        report = None if progress is None else lambda: progress(self)
        return await self._state.wait(self._client, timeout, report, poll)

    async def download(
        self,
        to: str | PathLike[str],
        *,
        max_bytes: int = MAX_FILE,
        allow_hosts: Sequence[str] = (),
        timeout: float | None = 600.0,
    ) -> Path:
        """Stream the result to a file, which appears under its name only when it is complete.

        A file on another host than the client's server is fetched only if that host is in `allow_hosts`, and without credentials.
        """
        return await self._state.download(self._client, to, max_bytes, allow_hosts, timeout)
