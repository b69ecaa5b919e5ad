"""The transports of threads: a neutral request in, a neutral reply out, one deadline over all of it, `TransportFailure` for whatever goes wrong.

`PooledTransport` is the default; `async_transport` has that of event loops, `httpx_transport` those over somebody else's client.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ..errors import TransportFailure
from ..headers import Headers
from ..wire.messages import RawResponse, StreamedResponse
from .failures import Progress
from .pool import Pool
from .seam import Seam, seam

if TYPE_CHECKING:
    from ..wire.messages import Request
    from .connections import ConnectionOptions


class SeamTransport:
    """Send through something that takes the library's requests."""

    _seam: Seam

    def _open(self, request: Any) -> Any:
        """Return the library's reply before its body is read."""
        raise NotImplementedError

    def send(self, request: Request) -> RawResponse:
        """Send and read everything, at most `request.max_body` bytes."""
        with self.stream(request) as reply:
            return RawResponse(reply.status, reply.headers, b"".join(cast("Iterator[bytes]", reply.chunks)))

    @contextmanager
    def stream(self, request: Request) -> Iterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        response: Any = None
        failure: TransportFailure
        try:
            response = self._open(self._seam.request(request, Progress(request, monotonic())))
            try:
                chunks = self._seam.read(response, request.max_body)
                yield StreamedResponse(response.status_code, Headers(response.headers.raw), chunks)
                return
            finally:
                response.close()
        except TransportFailure as error:
            failure = error
        except self._seam.errors as error:
            failure = self._seam.failure(error, request)
        raise with_status(failure, response)


def with_status(failure: TransportFailure, response: Any) -> TransportFailure:
    """Add the status of the reply whose body failed."""
    if response is not None:
        failure.status = response.status_code
    return failure.with_traceback(None)


class PooledTransport(SeamTransport):
    """The default of synchronous clients: httpx's own transport over our pool, shared by threads."""

    def __init__(self, options: ConnectionOptions, http: str = "httpx") -> None:
        self._seam = seam(http)
        library = self._seam.library
        self._transport = library.HTTPTransport(verify=unused_context(), trust_env=False)
        self._transport._pool = Pool(options, library.ByteStream)

    def _open(self, request: Any) -> Any:
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Refuse further calls and close what is idle; calls that run end in peace."""
        self._transport.close()


def unused_context() -> Any:
    """Return a context that trusts nobody: httpx's transport wants one at once, the pool makes its own when it needs one."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
