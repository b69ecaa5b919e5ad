"""Sandboxes over real HTTP on loopback; one server per set of vendors lives for the whole run and starts each test anew."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

HAVE_TOOLS = importlib.util.find_spec("openapi_core") is not None
if HAVE_TOOLS:
    from loyalty_sandbox.server import Running, running
    from loyalty_sandbox.vendors import load_vendors
    from loyalty_sandbox.world import World
    from tests.sandbox.serving import Sandbox, Serve
else:  # openapi-core and the pipeline need different versions of openapi-spec-validator, so they live in two environments
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    """Say so when these tests are left out."""
    return (
        None
        if HAVE_TOOLS
        else "tests/sandbox: left out, openapi-core is not installed here; run `nox -s sandbox_tests`"
    )


if HAVE_TOOLS:

    @pytest.fixture(scope="session")
    def _servers() -> Iterator[tuple[ExitStack, dict[tuple[str, ...], Running]]]:
        with ExitStack() as stack:
            yield stack, {}

    @pytest.fixture
    def serve(_servers: tuple[ExitStack, dict[tuple[str, ...], Running]]) -> Iterator[Serve]:
        """Serve vendors from a fresh state; with options of `World`, on a server of its own that ends with the test."""
        shared, known = _servers
        with ExitStack() as own:

            def start(*slugs: str, **options: object) -> Sandbox:
                if options or slugs not in known:
                    world = World(load_vendors(list(slugs)), **options)  # type: ignore[arg-type]
                    stack = own if options else shared
                    stack.callback(world.close)
                    server = stack.enter_context(running(world))
                    if not options:
                        known[slugs] = server
                else:
                    server = known[slugs]
                    _renew(server.world)
                sandbox = Sandbox(server)
                own.callback(sandbox.close)
                return sandbox

            yield start

    def _renew(world: World) -> None:
        world.clock.load({"offset": 0.0, "stopped": None})
        world.faults.clear()
        world.log.clear()
        world.limits.enabled = True
        world.reset()
