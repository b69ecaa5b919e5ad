"""The fixture `loyalty_sandbox` of the extra `[testing]`: local vendors for a test, each time in their first state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .server import Running
    from .testing import Sandbox

MISSING = "the package {} is missing: pip install 'loyalty-clients[testing]'"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the setting `loyalty_vendors`."""
    parser.addini("loyalty_vendors", "vendors that the fixture loyalty_sandbox serves (default: all)", type="args")


@pytest.fixture(scope="session")
def _loyalty_server(request: pytest.FixtureRequest) -> Iterator[Running]:
    """One server for the whole run, or for each process of it; nothing of it is imported before a test asks."""
    try:
        from .server import running
        from .vendors import load_vendors
        from .world import World
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("loyalty_sandbox"):
            raise
        pytest.fail(MISSING.format(error.name), pytrace=False)
    world = World(load_vendors(request.config.getini("loyalty_vendors")), limits=False)
    with running(world) as server:
        yield server
    world.close()


@pytest.fixture
def loyalty_sandbox(_loyalty_server: Running) -> Iterator[Sandbox]:
    """All vendors on 127.0.0.1, with ready clients, faults and a clock; see `loyalty_sandbox.testing.Sandbox`."""
    from .testing import Sandbox

    sandbox = Sandbox(_loyalty_server)
    sandbox.renew()
    yield sandbox
    sandbox.renew()
