"""The pydantic models read what the clients' models read, and both write the same object back."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from loyalty_runtime.wire.misfits import watching
from tests.clients.replies import same
from tests.clients.strategies import objects
from tests.clients.vendors import CLIENTS, Client

few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
)


def twins(client: Client) -> dict[str, tuple[Any, Any]]:
    """Return the models that both packages of a vendor have."""
    ours = importlib.import_module(f"{client.package}.models")
    theirs = importlib.import_module(client.package.replace("_client", "_models"))
    names = [name for name in ours.__all__ if hasattr(getattr(ours, name), "from_dict")]
    return {name: (getattr(ours, name), getattr(theirs, name, None)) for name in names}


TWINS = [pytest.param(*pair, id=f"{client}-{name}") for client in CLIENTS for name, pair in twins(client).items()]


@pytest.mark.parametrize(("ours", "theirs"), TWINS)
@few
@given(data=st.data())
def test_both_packages(ours: Any, theirs: Any, data: st.DataObject) -> None:
    """What fits a client's model fits the pydantic one: new enum values, nulls, unknown and absent members; both write back what came."""
    value = data.draw(objects(ours, depth=1, odd=False))
    with watching() as misfits:
        read = ours.from_dict(value)
    if not misfits:
        assert same(value, read.to_dict())
        assert same(value, theirs.from_dict(value).to_dict())
