"""A Pepper with some more records, behind a server that deviates."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from examples.settings import environment
from loyalty_sandbox.server import running
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.world import World
from tests.pipeline.observe.deviating import Deviating, Move, Reply, deviating


def fill(world: World) -> None:
    """Put a second and a third record beside the first, so that lists have pages."""
    state = world.engines["pepper"].state
    for kind in ("users", "locations", "segments", "perks"):
        first = state.collection(kind).first()
        assert first is not None
        for number in (1, 2):
            key = f"00000000000000000000ff0{number}"
            ids: dict[str, Any] = {name: key for name in ("$key", "_id", "id") if name in first}
            state.collection(kind).put(key, {**first, **ids})


@contextlib.contextmanager
def serving(
    deviations: list[Move | Reply], ignored: dict[str, set[str]] | None = None
) -> Iterator[tuple[Deviating, dict[str, str]]]:
    """Serve a Pepper with these deviations; yields it with the variables that lead a client to it."""
    world = World(load_vendors(["pepper"]))
    world.limits.enabled = False
    fill(world)
    with running(world) as sandbox, deviating(sandbox.url, deviations, ignored or {}) as proxy:
        yield proxy, environment(world, proxy.url)
    world.close()
