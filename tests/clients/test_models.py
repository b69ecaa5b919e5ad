"""Every model of every client reads what may come, and writes back the same."""

from __future__ import annotations

import copy
import importlib
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loyalty_runtime import DecodeError
from tests.clients.replies import same
from tests.clients.strategies import objects
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
    """What a model reads it writes back: unknown members, nulls, new values, odd dates and numbers as texts included."""
    value = data.draw(objects(model))
    before = copy.deepcopy(value)
    written = model.from_dict(value).to_dict()
    assert same(before, written), (before, written)
    assert before == value


@pytest.mark.parametrize("model", [item for item in MODELS if item.values[0].REQUIRED])  # type: ignore[union-attr]
@fewer
@given(data=st.data())
def test_missing_member(model: type[Any], data: st.DataObject) -> None:
    """Without a required member a model is not made; the error names the member."""
    value = data.draw(objects(model, depth=1))
    for name in sorted(model.REQUIRED):
        with pytest.raises(DecodeError) as caught:
            model.from_dict({key: item for key, item in value.items() if key != name})
        assert f"$.{name}" == caught.value.json_path
        assert repr(name) in str(caught.value)


@pytest.mark.parametrize("model", MODELS)
def test_no_object(model: type[Any]) -> None:
    """What is no JSON object is refused with the name of the model, never with an error of Python's own."""
    odd: list[Any] = [None, [], "text", 7]
    for value in odd:
        with pytest.raises(DecodeError, match=model.__name__):
            model.from_dict(value)
