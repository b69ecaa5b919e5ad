"""Every model of every client reads what may come, and writes back the same."""

from __future__ import annotations

import copy
import importlib
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_runtime import UNSET, DecodeError, MisfitError
from orderingstack_client.models import Account
from tests.clients.replies import same
from tests.clients.strategies import few, hints, is_of, objects
from tests.clients.vendors import CLIENTS, Client


def model_classes(client: Client) -> dict[str, type[Any]]:
    """Return the model classes of a client, without its enums."""
    models = importlib.import_module(f"{client.package}.models")
    found = {name: getattr(models, name) for name in models.__all__}
    return {name: item for name, item in found.items() if hasattr(item, "from_dict")}


MODELS = [
    pytest.param(model, id=f"{client}-{name}") for client in CLIENTS for name, model in model_classes(client).items()
]


@pytest.mark.parametrize("model", MODELS)
@few
@given(data=st.data())
def test_what_a_model_reads(model: type[Any], data: st.DataObject) -> None:
    """It writes it back, and so do its copies: unknown members, nulls, new values, odd dates and numbers as texts included; a member is of its type, or reading it raises `MisfitError` with what came."""
    value = data.draw(objects(model))
    before = copy.deepcopy(value)
    read = model.from_dict(value)
    for other in (read, copy.copy(read), copy.deepcopy(read), pickle.loads(pickle.dumps(read))):  # noqa: S301 - our own
        assert read == other
        assert same(before, other.to_dict())
    assert before == value
    kinds: dict[str, Any] = hints(model)  # type: ignore[arg-type]
    for name, wire in model.NAMES.items():
        try:
            member = getattr(read, name)
        except MisfitError as error:
            assert (model.__name__, wire, value.get(wire, UNSET)) == (error.model, error.member, error.value)
            continue
        assert is_of(member, kinds[name]), (name, member)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_model_lacks(model: type[Any]) -> None:
    """A required member that is absent raises `MisfitError` where it is read, and is not written back; what is no object is refused with the name of the model."""
    read = model.from_dict({"odd": None})
    for name, wire in model.NAMES.items():
        if wire in model.REQUIRED:
            assert wire not in read
            with pytest.raises(MisfitError, match=f"{model.__name__}.{wire} is missing"):
                getattr(read, name)
    assert {"odd": None} == read.to_dict()
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
