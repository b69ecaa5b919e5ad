"""Every model of every client reads what may come, and writes back the same."""

from __future__ import annotations

import copy
import importlib
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty_runtime import UNSET, DecodeError, MisfitError
from orderingstack_client.models import Account
from tests.clients.replies import same
from tests.clients.strategies import hints, is_of, objects
from tests.clients.vendors import CLIENTS, Client


def model_classes(client: Client) -> dict[str, type[Any]]:
    """Return the model classes of a client, without its enums."""
    models = importlib.import_module(f"{client.package}.models")
    found = {name: getattr(models, name) for name in models.__all__}
    return {name: item for name, item in found.items() if hasattr(item, "from_dict")}


MODELS = [
    pytest.param(model, id=f"{client}-{name}") for client in CLIENTS for name, model in model_classes(client).items()
]
# The same examples every time: what fails here fails everywhere.
few = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
)
fewer = settings(few, max_examples=2)


@pytest.mark.parametrize("model", MODELS)
@few
@given(data=st.data())
def test_round_trip(model: type[Any], data: st.DataObject) -> None:
    """What a model reads it writes back, and so do its copies: unknown members, nulls, new values, odd dates and numbers as texts included."""
    value = data.draw(objects(model))
    before = copy.deepcopy(value)
    read = model.from_dict(value)
    for other in (read, copy.copy(read), copy.deepcopy(read), pickle.loads(pickle.dumps(read))):  # noqa: S301 - our own
        assert read == other
        assert same(before, other.to_dict())
    assert before == value


@pytest.mark.parametrize("model", MODELS)
@few
@given(data=st.data())
def test_members_are_of_their_types(model: type[Any], data: st.DataObject) -> None:
    """Whatever came, a member that can be read is of its type; one that cannot raises `MisfitError` with what came."""
    value = data.draw(objects(model, depth=1))
    read = model.from_dict(value)
    kinds: dict[str, Any] = hints(model)  # type: ignore[arg-type]
    for name, wire in model.NAMES.items():
        try:
            member = getattr(read, name)
        except MisfitError as error:
            assert (model.__name__, wire, value.get(wire, UNSET)) == (error.model, error.member, error.value)
            continue
        assert is_of(member, kinds[name]), (name, member)


@pytest.mark.parametrize("model", [item for item in MODELS if item.values[0].REQUIRED])  # type: ignore[union-attr]
@fewer
@given(data=st.data())
def test_missing_member(model: type[Any], data: st.DataObject) -> None:
    """Without a required member the others are there; reading it raises `MisfitError`, and it is not written back."""
    value = data.draw(objects(model, depth=1))
    for wire in sorted(model.REQUIRED):
        rest = {key: item for key, item in value.items() if key != wire}
        read = model.from_dict(rest)
        name = next(name for name in model.NAMES if model.NAMES[name] == wire)
        with pytest.raises(MisfitError, match=f"{model.__name__}.{wire} is missing"):
            getattr(read, name)
        assert same(rest, read.to_dict())
        assert wire not in read


@pytest.mark.parametrize("model", MODELS)
def test_no_object(model: type[Any]) -> None:
    """What is no JSON object is refused with the name of the model, never with an error of Python's own."""
    odd: list[Any] = [None, [], "text", 7]
    for value in odd:
        with pytest.raises(DecodeError, match=model.__name__):
            model.from_dict(value)


def test_an_entry_of_a_map_that_does_not_fit() -> None:
    """It is there, reading it raises, the others can be read, and all go back as they came."""
    came = {"counters": {"visits": "seven", "coffees": 3}}
    counters = Account.from_dict({"id": "account-1", **came}).counters
    assert counters is not None
    assert ("visits" in counters, counters["coffees"], came["counters"]) == (True, 3, counters.to_dict())
    with pytest.raises(MisfitError, match=r"AccountCounters\.visits: text of 5 characters came"):
        counters["visits"]
    with pytest.raises(KeyError):
        counters["orders"]
    counters["visits"] = 7
    assert {"visits": 7, "coffees": 3} == counters.to_dict()
