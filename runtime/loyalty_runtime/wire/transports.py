"""What a client sends through: the two protocols that a transport of your own fits."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol

from .messages import RawResponse, Request, StreamedResponse


class Transport(Protocol):
    """What a synchronous client sends through; raises `TransportFailure` only."""

    def send(self, request: Request) -> RawResponse:
        """Send a request and read the whole reply, at most `request.max_body` bytes of it."""
        ...

    def stream(self, request: Request) -> AbstractContextManager[StreamedResponse]:
        """Send a request and hand out the reply before its body."""
        ...

    def close(self) -> None:
        """Close every connection; calling it again does nothing."""
        ...


class AsyncTransport(Protocol):
    """What an asynchronous client sends through; raises `TransportFailure` only."""

    async def send(self, request: Request) -> RawResponse:
        """Send a request and read the whole reply, at most `request.max_body` bytes of it."""
        ...

    def stream(self, request: Request) -> AbstractAsyncContextManager[StreamedResponse]:
        """Send a request and hand out the reply before its body."""
        ...

    async def close(self) -> None:
        """Close every connection; calling it again does nothing."""
        ...
