"""Long-running work: the handle that follows it until its result is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .http import run_sync
from .options import MAX_FILE
from .work import FinalT, StartT, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import PathLike
    from pathlib import Path


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
