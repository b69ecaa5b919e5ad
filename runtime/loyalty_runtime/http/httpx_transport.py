"""Transports over a client or transport that you made with httpx or httpx2, for what only they offer: HTTP/2, mounts, event hooks, mocks, other event loops.

Limits, proxies, trust and verification are then that client's business, and so is its log: httpx's own writes whole addresses at level INFO.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ..errors import ArgumentError, TransportFailure
from .async_transport import AsyncSeamTransport
from .seam import LIBRARIES, Seam, seam
from .transport import SeamTransport


class HttpxTransport(SeamTransport):
    """Send through a client or transport of httpx or httpx2, or an `httpx.Client` made with these arguments.

    Redirects, cookies and credentials stay the engine's business. Time is limited per read, not over the whole reply.
    Certificates are verified unless that client was told not to. Closing this closes what it was given.
    """

    def __init__(self, given: object = None, **arguments: object) -> None:
        given = _made("Client", arguments) if given is None else given
        self._seam = _seam_of(given, "handle_request", "httpx.Client")
        self._given: Any = given

    def _open(self, request: Any) -> Any:
        failure: TransportFailure
        try:
            if hasattr(self._given, "handle_request"):
                return self._given.handle_request(request)
            return self._given.send(request, stream=True, auth=None, follow_redirects=False)
        except TransportFailure:
            raise
        except self._seam.errors:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a foreign transport raises
            failure = _foreign(error)
        raise failure

    def close(self) -> None:
        """Close the client or transport."""
        self._given.close()


class AsyncHttpxTransport(AsyncSeamTransport):
    """Do the same through an asynchronous client or transport; the whole reply has to come in time."""

    def __init__(self, given: object = None, **arguments: object) -> None:
        given = _made("AsyncClient", arguments) if given is None else given
        self._seam = _seam_of(given, "handle_async_request", "httpx.AsyncClient")
        self._given: Any = given

    async def _open(self, request: Any) -> Any:
        failure: TransportFailure
        try:
            if hasattr(self._given, "handle_async_request"):
                return await self._given.handle_async_request(request)
            return await self._given.send(request, stream=True, auth=None, follow_redirects=False)
        except (TransportFailure, TimeoutError):
            raise
        except self._seam.errors:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a foreign transport raises
            failure = _foreign(error)
        raise failure

    @asynccontextmanager
    async def _within(self, seconds: float | None) -> AsyncIterator[None]:
        from anyio import fail_after

        with fail_after(seconds):
            yield

    async def close(self) -> None:
        """Close the client or transport."""
        await self._given.aclose()


def _made(kind: str, arguments: dict[str, object]) -> object:
    return getattr(seam("httpx").library, kind)(**{"trust_env": False, **arguments})


def _seam_of(given: object, method: str, client: str) -> Seam:
    """Return the library that an object belongs to."""
    for name in LIBRARIES:
        found = [cls.__name__ for cls in type(given).__mro__ if cls.__module__.partition(".")[0] == name]
        if found and (hasattr(given, method) or client.partition(".")[2] in found):
            return seam(name)
    raise ArgumentError(
        f"{type(given).__name__} is no {client} and has no {method} of a transport of {' or '.join(LIBRARIES)}.",
        argument="given",
    )


def _foreign(error: Exception) -> TransportFailure:
    return TransportFailure("cut", f"the given transport failed with {type(error).__name__}", sent=True)
