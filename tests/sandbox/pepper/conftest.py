"""Pepper's sandbox as its tests see it: the generated clients against a fresh state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION, USER_TOKEN
from pepper_client import Pepper
from tests.sandbox.serving import Sandbox, Serve

MakePepper = Callable[..., Pepper]


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """Serve Pepper alone from a fresh state, with a clock that stands still until a test moves it."""
    sandbox = serve("pepper")
    sandbox.admin("POST", "clock", {"stopped": True})
    return sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MakePepper]:
    """Make clients of the first application; they never repeat a call and end with the test."""
    with ExitStack() as stack:

        def make(**arguments: str) -> Pepper:
            settings = {"application_id": APPLICATION, **arguments}
            return stack.enter_context(Pepper(base_url=f"{sandbox.url}/pepper", max_retries=0, **settings))

        yield make


@pytest.fixture
def admin(client: MakePepper) -> Pepper:
    """A client with the administrator's token."""
    return client(token=ADMIN_TOKEN)


@pytest.fixture
def ada(client: MakePepper) -> Pepper:
    """A client with the user Ada's token."""
    return client(token=USER_TOKEN)
