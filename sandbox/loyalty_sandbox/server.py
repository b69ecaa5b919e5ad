"""The sandbox as a server on loopback, in the foreground or in a thread, with a guard against foreign web pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from attrs import frozen
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .admin import admin_routes
from .core.documents import SandboxError
from .core.world import World
from .pages.routes import page_routes
from .protocol import SandboxProtocol
from .vendor_app import VendorApp

HOST = "127.0.0.1"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


def bind(port: int) -> socket.socket:
    """Take a port on loopback, any free one for 0; raises `SandboxError` when it cannot be taken."""
    if not 0 <= port <= 65535:
        raise SandboxError(f"There is no port {port}; choose one from 1 to 65535 with --port, or 0 for any free one.")
    # The protocol is named so that asyncio switches Nagle's algorithm off; without it every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        found = f"Port {port} cannot be taken ({error.strerror})"
        raise SandboxError(f"{found}; choose another with --port, or 0 for any free one.") from error
    return listener


def make_server(world: World) -> uvicorn.Server:
    """Make the server of a world; the caller gives it a listening socket."""
    return uvicorn.Server(
        uvicorn.Config(
            make_app(world),
            http=SandboxProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,  # a vendor's is that of the sandbox's clock
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
    )


@frozen
class Running:
    """A sandbox that serves in a thread; `url` has no final slash."""

    url: str
    world: World


@contextmanager
def running(world: World, *, port: int = 0) -> Iterator[Running]:
    """Serve a world in a thread until the block ends."""
    listener = bind(port)
    server = make_server(world)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="loyalty-sandbox", daemon=True)
    thread.start()
    try:
        yield Running(f"http://{HOST}:{listener.getsockname()[1]}", world)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def make_app(world: World) -> ASGIApp:
    """Make the application for a world."""
    core = Starlette(routes=[*admin_routes(world), *page_routes(world)])
    vendors = {slug: VendorApp(world, engine) for slug, engine in world.engines.items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        vendor = vendors.get(scope["path"].partition("/")[2].partition("/")[0])
        target: ASGIApp = _guard(Headers(scope=scope)) or vendor or core
        with suppress(ClientDisconnect):  # the request broke off, or its chunks are wrong: nobody waits for an answer
            await target(scope, receive, send)

    return app


def _guard(headers: Headers) -> ASGIApp | None:
    """Refuse other host names (DNS rebinding) and calls that a page of another site makes a browser send."""
    host, origin = headers.get("host", ""), headers.get("origin")
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    if name.lower() not in _LOOPBACK:
        text = f"The sandbox serves 127.0.0.1 only, not host {name[:60]!r}."
        return JSONResponse({"sandbox": text}, status_code=421)
    is_foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    is_link = headers.get("sec-fetch-mode") == "navigate"
    if (is_foreign and not is_link) or (origin is not None and origin != f"http://{host}"):
        text = f"Calls from pages of {(origin or 'another site')[:60]!r} are refused; call from outside a browser."
        return JSONResponse({"sandbox": text}, status_code=403)
    return None
