"""Long-running work: the handle that follows it until its result is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from .http import run_sync
from .options import MAX_FILE
from .work import FinalT, StartT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike
    from pathlib import Path

    from .calls.core import ClientCore
    from .work import Work


class _Handle(Generic[StartT, FinalT]):
    __slots__ = ("_state",)

    _state: Work[StartT, FinalT]

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

    def __init__(self, client: ClientCore, state: Work[StartT, FinalT]) -> None:
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

    def __init__(self, client: ClientCore, state: Work[StartT, FinalT]) -> None:
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
