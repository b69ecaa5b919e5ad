"""The generated client of OrderingStack against its sandbox, as a service and as users."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from orderingstack_client import OrderingStack
    from tests.sandbox.serving import Sandbox, Serve

if importlib.util.find_spec("openapi_core") is None:  # as in the folder above
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """The vendor from a fresh state."""
    return serve("orderingstack")


@pytest.fixture
def connect(sandbox: Sandbox) -> Iterator[Callable[..., OrderingStack]]:
    """Open clients: `connect("ada")` for a user of the seed, `connect()` for the service, or with arguments of one's own."""
    from orderingstack_client import OrderingStack
    from tests.sandbox.orderingstack.people import credentials

    with ExitStack() as stack:

        def open_client(name: str = "", **arguments: str) -> OrderingStack:
            base_url = f"{sandbox.url}/orderingstack"
            return stack.enter_context(OrderingStack(**{**credentials(name), **arguments}, base_url=base_url))  # type: ignore[arg-type]

        yield open_client


@pytest.fixture
def operator(connect: Callable[..., OrderingStack]) -> OrderingStack:
    """A client with the token of a user who may do everything."""
    return connect("operator")


@pytest.fixture
def ada(connect: Callable[..., OrderingStack]) -> OrderingStack:
    """A client with the token of a customer."""
    return connect("ada")
