"""Sandboxes over real HTTP on loopback; one server per set of vendors lives for the whole run and starts each test anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from loyalty_sandbox.server import Running, running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World
from tests.sandbox.serving import Sandbox, Serve

Servers = tuple[ExitStack, dict[tuple[str, ...], Running]]


@pytest.fixture(scope="session")
def sandbox_servers() -> Iterator[Servers]:
    """The servers that several tests use."""
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def serve(sandbox_servers: Servers) -> Iterator[Serve]:
    """Serve vendors from a fresh state; with options of `World`, on a server of its own that ends with the test."""
    shared, known = sandbox_servers
    with ExitStack() as own:

        def start(*slugs: str, **options: object) -> Sandbox:
            own_server = bool(options)
            if own_server or slugs not in known:
                given = options.pop("vendors", None) or load_vendors(list(slugs))
                world = World(given, **options)  # type: ignore[arg-type]
                stack = own if own_server else shared
                stack.callback(world.close)
                server = stack.enter_context(running(world))
                if not own_server:
                    known[slugs] = server
            else:
                server = known[slugs]
                renew(server.world)
            sandbox = Sandbox(server)
            own.callback(sandbox.close)
            return sandbox

        yield start


def renew(world: World) -> None:
    """Put a world back to its start."""
    world.clock.load({"offset": 0.0, "stopped": None})
    world.faults.clear()
    world.log.clear()
    world.limits.enabled = True
    world.reset()
