"""Every operation of every client, sync and async, through the facade against the sandbox.

Each call starts from the seed and gives a value of the declared type, except where the first state must refuse it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty_runtime import APIStatusError
from loyalty_runtime.paging import AsyncPages, SyncPages
from loyalty_sandbox.server import Running, running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World
from tests.clients.doors import facade_method
from tests.clients.replies import SYNC_AND_ASYNC
from tests.clients.tables import ROWS
from tests.clients.vendors import CLIENTS, Client
from tests.sandbox.arguments import arguments
from tests.sandbox.credentials import (
    ACCESS_TOKEN,
    ADMIN_TOKEN,
    APPLICATION,
    MERCHANT_TOKEN,
    PASSWORD,
    STAMPEDE_TOKEN,
    STATIC_TOKEN,
    STORE_TOKEN,
    SUPER_TOKEN,
    USER_TOKEN,
    USERNAME,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")  # deprecated operations are called as well
CASES = [(client, operation) for client in CLIENTS for operation in ROWS[client.slug]]
CREDENTIALS: dict[str, dict[str, Any]] = {
    "stampede": {"access_token": STAMPEDE_TOKEN},
    "stamps": {
        "access_token": ACCESS_TOKEN,
        "token": STATIC_TOKEN,
        "store_token": STORE_TOKEN,
        "merchant_token": MERCHANT_TOKEN,
    },
    "orderingstack": {"access_token": SUPER_TOKEN},
    "pepper": {"application_id": APPLICATION, "token": ADMIN_TOKEN, "username": USERNAME, "password": PASSWORD},
}
AS_USER = {("pepper", "redeemVoucher")}
# What a first state must refuse: there is no such award, and the customer takes part in no campaign yet.
REFUSED = {"cancelAward": 400, "message": 404, "coupon": 404}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """All four vendors in one process, without rate limits."""
    world = World(load_vendors([client.slug for client in CLIENTS]), limits=False)
    with running(world) as started:
        yield started
    world.close()


async def call(client: Client, url: str, operation: str, given: tuple[list[Any], dict[str, Any]], *, wait: bool) -> int:
    """Make one call; returns 200 for a decoded value, or the status of the refusal."""
    settings = {**CREDENTIALS[client.slug], **({"token": USER_TOKEN} if (client.slug, operation) in AS_USER else {})}
    made: Any = (client.make_async if wait else client.make)(f"{url}/{client.slug}", **settings)
    try:
        result: Any = facade_method(made, ROWS[client.slug][operation].call)(*given[0], **given[1])
        if isinstance(result, SyncPages | AsyncPages):
            result = result.first_page()
        assert inspect.isawaitable(result) == wait
        if wait:
            await result
    except APIStatusError as refused:
        return refused.status
    finally:
        closed = made.close()
        if wait:
            await closed
    return 200


@pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
@pytest.mark.parametrize(("client", "operation"), CASES, ids=[f"{client.slug}-{name}" for client, name in CASES])
def test_every_operation_is_answered(client: Client, operation: str, asynchronous: bool, server: Running) -> None:
    """A value, or the documented refusal that is expected; another one, an answer that breaks the spec and one that cannot be decoded fail."""
    world, engine = server.world, server.world.engines[client.slug]
    world.reset(client.slug)
    before = world.log.last_number
    given = arguments(engine.operations[operation])
    status = asyncio.run(call(client, server.url, operation, given, wait=asynchronous))
    assert REFUSED.get(operation, 200) == status
    entry = next(entry for entry in world.log.select(after=before) if entry["operation"] == operation)
    assert ([], engine.behaviour(operation)) == (entry["violations"], entry["behaviour"])


def test_nothing_is_left_out(server: Running) -> None:
    """Each operation of each effective spec is called."""
    served = {(slug, name) for slug, engine in server.world.engines.items() for name in engine.operations}
    assert served == {(client.slug, operation) for client, operation in CASES}
    assert sum(client.operations for client in CLIENTS) == len(served)
