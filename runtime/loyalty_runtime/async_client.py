"""The asynchronous base client: the same names, parameters, results and errors as the synchronous one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from .calls.core import ClientCore
from .declared.lazy import AnnotationNames
from .http.ports import AsyncIO
from .options import MAX_FILE, resolves
from .secret import hidden, quiet

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path
    from types import TracebackType
    from typing import Self, Unpack

    from .calls.settings import AsyncClientSettings
    from .declared.operation import LongOperation, Operation, PagedOperation, Security
    from .jobs import AsyncJob
    from .options import CallArguments, Credential, SentArguments
    from .paging import AsyncPages
    from .response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")
FinalT = TypeVar("FinalT")


class AsyncBaseClient(ClientCore):
    """An asynchronous client, safe to share between tasks (each event loop gets connections of its own), usable with and without `async with`."""

    _io: AsyncIO

    def __init__(
        self, *, credentials: Mapping[str, Credential] | None = None, **settings: Unpack[AsyncClientSettings]
    ) -> None:
        credentials, settings = (
            hidden(credentials or {}),
            quiet(settings),
        )  # a traceback with local variables shows none
        self._begin(AsyncIO, credentials, settings)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **settings: Unpack[AsyncClientSettings]) -> Self:
        """Make a client from environment variables named after the vendor: `STAMPEDE_CLIENT_ID`, `STAMPEDE_BASE_URL`, `STAMPEDE_SERVER`…

        Settings given here come before the variables.
        """
        return cls._from_env(AsyncIO, environment, quiet(settings))

    async def call(self, operation: Operation[T], **arguments: Unpack[CallArguments]) -> T:
        """Call an operation and return its decoded reply.

        Raises `ArgumentError` before sending; `APIStatusError`, `APIConnectionError`, `APITimeoutError`, `DecodeError` after,
        all of them as `UncertainOutcomeError` where the call may have taken effect.
        """
        if resolves(arguments.get("options")):
            from .calls.outcome import answered

            return (await answered(self, operation, arguments))[0]
        sending = self._value(operation, arguments)
        del arguments  # a traceback with local variables shows none
        return await sending

    async def call_raw(self, operation: Operation[T], **arguments: Unpack[CallArguments]) -> Response[T]:
        """Call an operation and return its whole reply; an error status is not raised."""
        from .response import Response

        sending = self._whole(operation, arguments, lambda raw: Response(operation, raw, self._reading))
        del arguments
        return await sending

    def pages(self, operation: PagedOperation[T, ItemT], **arguments: Unpack[CallArguments]) -> AsyncPages[ItemT, T]:
        """Return an iterator over all items of a list operation; nothing is sent until it is asked."""
        from .paging import AsyncPages

        return AsyncPages(self, operation, arguments)

    async def start(
        self, operation: LongOperation[T, FinalT], **arguments: Unpack[CallArguments]
    ) -> AsyncJob[T, FinalT]:
        """Start long-running work and return the handle to follow it with."""
        from .jobs import AsyncJob, ask

        return AsyncJob(self, operation, *await ask(self, operation, arguments))

    async def download(
        self,
        operation: Operation[object],
        to: str | PathLike[str],
        *,
        max_bytes: int = MAX_FILE,
        **arguments: Unpack[CallArguments],
    ) -> Path:
        """Call an operation and stream its reply to a file, which appears under its name only when it is complete.

        Raises what `call` raises, and `DecodeError` above `max_bytes`. The call's timeout covers the whole transfer.
        """
        from .download import save

        return await save(self, self._prepare(operation, arguments), to, max_bytes=max_bytes)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        security: Security | None = None,
        **arguments: Unpack[SentArguments],
    ) -> Response[object]:
        """Call something no spec describes, with the same authentication, retries, limits and errors.

        `path` starts with a slash and is added to the base URL. Error statuses are raised.
        """
        from .calls.rawcall import checked, raw_operation

        operation = raw_operation(self.vendor, method, path, security)
        response = await self.call_raw(operation, **checked(params, arguments))
        response.raise_for_status()
        return response

    async def close(self) -> None:
        """Refuse further calls and close what is idle, while calls that run end in peace; a second call does nothing, and so does closing a client made by `with_options`."""
        if self._root is not self:
            return
        if self._engine is not None:
            self._engine.closed = True
        await self._io.close()

    aclose = close

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


if not TYPE_CHECKING:
    __builtins__ = AnnotationNames(__name__)
