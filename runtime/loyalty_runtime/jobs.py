"""Long-running work: what is known of it, the steps that learn more, and the handles that follow it until its result is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .calls.failures import decode_failure, operation_error, reply_error
from .calls.outcome import answered
from .calls.replies import plain_json
from .declared.operation import Operation
from .download import save
from .errors import APITimeoutError, JobFailedError
from .http import run_sync
from .options import MAX_FILE, CallOptions
from .types import Unset
from .wire.decoding import Misfit
from .wire.reply import dig
from .wire.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike
    from pathlib import Path

    from .calls.core import ClientCore
    from .declared.operation import LongOperation
    from .options import CallArguments
    from .wire.messages import RawResponse

StartT = TypeVar("StartT")
FinalT = TypeVar("FinalT")

_SLOWEST_POLL = 15.0


class Work(Generic[StartT, FinalT]):
    """What is known of the work, and the steps that learn more. `id` is the vendor's; `started` the reply that started the work."""

    __slots__ = ("_client", "_operation", "_raw", "_value", "id", "reply", "started")

    def __init__(
        self,
        client: ClientCore,
        operation: LongOperation[StartT, FinalT],
        started: StartT,
        value: object,
        raw: RawResponse,
    ) -> None:
        self._client = client
        self._operation = operation
        self._value = value
        self._raw = raw
        self.started = started
        self.reply: FinalT | None = None
        """The last reply about the state; None before the first."""
        found = dig(value, operation.long_running.id)
        if not isinstance(found, (str, int)) or found == "":
            path = f"$.{operation.long_running.id}"
            raise decode_failure(operation, raw, Misfit("the id to follow the work by is missing", path))
        self.id = text_of(found)

    @property
    def status(self) -> str:
        """The last status seen, in the vendor's words."""
        found = dig(self._value, self._operation.long_running.status)
        return "" if found is None else str(found)

    @property
    def result(self) -> object:
        """What the vendor gives as the result, usually the address of a file; None while there is none."""
        path = self._operation.long_running.result
        return dig(self._value, path) if path else None

    @property
    def done(self) -> bool:
        """Say whether the work was seen to have ended well."""
        return self.status in self._operation.long_running.done and not self._failed

    @property
    def _failed(self) -> bool:
        rules = self._operation.long_running
        return self.status in rules.failed or bool(rules.error and dig(self._value, rules.error) is not None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._operation.vendor} {self._operation.id}: {self.status[:40]!r}>"

    async def _refresh(self, options: CallOptions | None = None) -> None:
        rules = self._operation.long_running
        poll = rules.poll()
        arguments: CallArguments = {"options": options}
        place = "path" if rules.parameter in poll.parts[1::2] else "query"
        arguments[place] = {rules.parameter: self.id}  # type: ignore[literal-required]
        self.reply, self._value, self._raw = await ask(self._client, poll, arguments)

    async def _wait(self, timeout: float | None, progress: Callable[[], None] | None, poll: float) -> FinalT:
        client = self._client
        clock = client._port.clock
        begun = clock.monotonic()
        pause = poll
        while True:
            if self._failed:
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
            await self._refresh(CallOptions(timeout=None if budget is None else max(budget, 0.001)))
            if progress is not None:
                progress()

    def _failure(self) -> JobFailedError:
        error = self._operation.long_running.error
        body = dig(self._value, error) if error else self._value
        problem = f"started work that ended with status {self.status[:40]!r}"
        return reply_error(JobFailedError, self._operation, self._raw, problem, body)

    def _timeout(self, timeout: float | None) -> APITimeoutError:
        status = self.status[:40]
        problem = f"started work that is not finished after {timeout} s, last status {status!r}; wait again to go on"
        return operation_error(APITimeoutError, self._operation, problem)

    async def _download(
        self,
        to: str | PathLike[str],
        max_bytes: int,
        allow_hosts: Sequence[str],
        timeout: float | None,
    ) -> Path:
        """Stream the file that the result is the address of; raise `DecodeError` when there is no address yet."""
        link, operation = self.result, self._operation
        if not isinstance(link, str) or not link:
            path = f"$.{operation.long_running.result}"
            raise decode_failure(
                operation, self._raw, Misfit("no address of a file is there; wait for the end first", path)
            )
        fetch: Operation[object] = Operation(
            vendor=operation.vendor, id=operation.id, method="GET", path="(result file)", security=operation.security
        )
        call = self._client._prepare(fetch, {"options": CallOptions(timeout=timeout)})
        call.target = "/"  # what a relative link starts from
        return await save(self._client, call, to, max_bytes=max_bytes, allow_hosts=allow_hosts, link=link)


async def ask(
    client: ClientCore, operation: Operation[Any], arguments: CallArguments
) -> tuple[Any, object, RawResponse]:
    """Send the call that starts the work, or asks about it; returns its reply, decoded, plain and raw."""
    reply, plain, raw = await answered(client, operation, arguments)
    return reply, plain_json(operation, raw) if isinstance(plain, Unset) else plain, raw


class Job(Work[StartT, FinalT]):
    """Work that was started by a synchronous client."""

    __slots__ = ()

    def refresh(self) -> Job[StartT, FinalT]:
        """Ask for the state once."""
        run_sync(self._refresh())
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
        return run_sync(self._wait(timeout, report, poll))

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
        return run_sync(self._download(to, max_bytes, allow_hosts, timeout))


class AsyncJob(Work[StartT, FinalT]):
    """Work that was started by an asynchronous client."""

    __slots__ = ()

    async def refresh(self) -> AsyncJob[StartT, FinalT]:
        """Ask for the state once."""
        await self._refresh()
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
        return await self._wait(timeout, report, poll)

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
        return await self._download(to, max_bytes, allow_hosts, timeout)
