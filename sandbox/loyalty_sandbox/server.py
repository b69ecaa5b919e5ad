"""The sandbox as a server on loopback: in the foreground, or in a thread for tests and demos."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from attrs import frozen

from .app import make_app
from .core.problems import SandboxError
from .core.world import World
from .protocol import SandboxProtocol

HOST = "127.0.0.1"


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


def serve(world: World, listener: socket.socket) -> None:
    """Serve a world in the foreground until SIGINT or SIGTERM."""
    make_server(world).run(sockets=[listener])


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
