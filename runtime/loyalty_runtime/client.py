"""The synchronous base client; a generated facade adds names, not behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from .calls.core import ClientCore
from .declared.lazy import AnnotationNames
from .http import run_sync
from .http.ports import SyncIO
from .options import MAX_FILE, resolves
from .secret import hidden, quiet

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path
    from types import TracebackType
    from typing import Self, Unpack

    from .calls.settings import ClientSettings
    from .declared.operation import LongOperation, Operation, PagedOperation, Security
    from .jobs import Job
    from .options import CallArguments, Credential, SentArguments
    from .paging import SyncPages
    from .response import Response

T = TypeVar("T")
ItemT = TypeVar("ItemT")
FinalT = TypeVar("FinalT")


class BaseClient(ClientCore):
    """A synchronous client, safe to share between threads, usable with and without `with`."""

    _io: SyncIO

    def __init__(
        self, *, credentials: Mapping[str, Credential] | None = None, **settings: Unpack[ClientSettings]
    ) -> None:
        credentials, settings = (
            hidden(credentials or {}),
            quiet(settings),
        )  # a traceback with local variables shows none
        self._begin(SyncIO, credentials, settings)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **settings: Unpack[ClientSettings]) -> Self:
        """Make a client from environment variables named after the vendor: `STAMPEDE_CLIENT_ID`, `STAMPEDE_BASE_URL`, `STAMPEDE_SERVER`…

        Settings given here come before the variables.
        """
        return cls._from_env(SyncIO, environment, quiet(settings))

    def call(self, operation: Operation[T], **arguments: Unpack[CallArguments]) -> T:
        """Call an operation and return its decoded reply.

        Raises `ArgumentError` before sending; `APIStatusError`, `APIConnectionError`, `APITimeoutError`, `DecodeError` after,
        all of them as `UncertainOutcomeError` where the call may have taken effect.
        """
        if resolves(arguments.get("options")):
            from .calls.outcome import answered

            return run_sync(answered(self, operation, arguments))[0]
        sending = self._value(operation, arguments)
        del arguments  # a traceback with local variables shows none
        return run_sync(sending)

    def call_raw(self, operation: Operation[T], **arguments: Unpack[CallArguments]) -> Response[T]:
        """Call an operation and return its whole reply; an error status is not raised."""
        from .response import Response

        sending = self._whole(operation, arguments, lambda raw: Response(operation, raw, self._reading))
        del arguments
        return run_sync(sending)

    def pages(self, operation: PagedOperation[T, ItemT], **arguments: Unpack[CallArguments]) -> SyncPages[ItemT, T]:
        """Return an iterator over all items of a list operation; nothing is sent until it is asked."""
        from .paging import SyncPages

        return SyncPages(self, operation, arguments)

    def start(self, operation: LongOperation[T, FinalT], **arguments: Unpack[CallArguments]) -> Job[T, FinalT]:
        """Start long-running work and return the handle to follow it with."""
        from .jobs import Job, ask

        return Job(self, operation, *run_sync(ask(self, operation, arguments)))

    def download(
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

        return run_sync(save(self, self._prepare(operation, arguments), to, max_bytes=max_bytes))

    def request(
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
        response = self.call_raw(operation, **checked(params, arguments))
        response.raise_for_status()
        return response

    def close(self) -> None:
        """Refuse further calls and close what is idle, while calls that run end in peace; a second call does nothing, and so does closing a client made by `with_options`."""
        if self._root is not self:
            return
        if self._engine is not None:
            self._engine.closed = True
        self._io.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # A client used without `with` gives its sockets back when it goes.
        if getattr(self, "_root", None) is self:
            self._io.close()


if not TYPE_CHECKING:
    __builtins__ = AnnotationNames(__name__)
