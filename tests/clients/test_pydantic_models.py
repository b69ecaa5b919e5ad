"""The pydantic models read what the clients' models read, and both write the same object back."""

from __future__ import annotations

import importlib
import subprocess
import sys
from enum import Enum
from typing import Annotated, Any, get_args

import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pepper_models import Perk
from pydantic import BaseModel, RootModel, ValidationError

from loyalty_runtime.types import File
from loyalty_runtime.wire.misfits import watching
from pepper_client.models import Perk as ClientPerk
from stampede_client.models import GuestDetails, NewGuest
from tests.clients.replies import same
from tests.clients.strategies import few, hints, objects
from tests.clients.tables import every_client
from tests.clients.vendors import CLIENTS, Client


def models_of(client: Client) -> str:
    """Return the name of a vendor's package of pydantic models."""
    return client.package.replace("_client", "_models")


def twins(client: Client) -> dict[str, tuple[Any, Any]]:
    """Return the models that both packages of a vendor have."""
    ours = importlib.import_module(f"{client.package}.models")
    theirs = importlib.import_module(models_of(client))
    names = [name for name in ours.__all__ if hasattr(getattr(ours, name), "from_dict")]
    return {name: (getattr(ours, name), getattr(theirs, name, None)) for name in names}


def is_upload(model: Any) -> bool:
    """Tell whether a model holds a file, which is no JSON value."""
    return any(File in (kind, *get_args(kind)) for kind in hints(model).values())


# Objects without a name of their own are no models of the other package; they are tested where they stand.
TWINS = [
    pytest.param(*pair, id=f"{client}-{name}")
    for client in CLIENTS
    for name, pair in twins(client).items()
    if pair[1] is not None and not is_upload(pair[0])
]


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
        written = theirs.model_validate(value).model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert same(value, written), (value, written)


class Envelope(BaseModel):
    """A message of a queue that carries a client's model."""

    guest: GuestDetails


GUEST = {"id": "guest-1", "profile": {"first": "Ada"}}


def test_names_in_python_are_for_python() -> None:
    """A model is made by them and read by those on the wire: there the name in Python may be another member."""
    assert {"_id": "perk-1"} == Perk(id="perk-1").to_dict()
    both = {"id": "other", "_id": "perk-1"}
    assert both == Perk.from_dict(both).to_dict() == ClientPerk.from_dict(both).to_dict()
    assert ("perk-1", None) == (Perk.from_dict(both).id, Perk.from_dict({"id": "other"}).id)


def test_client_models_in_pydantic() -> None:
    """Models of a client are members of pydantic models: read from their objects, and written back as they came."""
    envelope = Envelope.model_validate({"guest": GUEST})
    assert isinstance(envelope.guest, GuestDetails)
    assert {"guest": GUEST} == envelope.model_dump() == Envelope(guest=envelope.guest).model_dump()
    assert {"type": "object", "title": "GuestDetails"} == Envelope.model_json_schema()["properties"]["guest"]
    with pytest.raises(ValidationError, match="read from a JSON object"):
        Envelope.model_validate({"guest": 7})


def test_client_models_in_fastapi() -> None:
    """A model of a client is the body of a request where it is marked so, and a result with and without a type."""
    app = FastAPI()

    @app.post("/typed")
    async def typed(guest: Annotated[NewGuest, Body()]) -> NewGuest:
        assert isinstance(guest, NewGuest)
        return guest

    @app.post("/untyped", response_model=None)
    async def untyped(guest: Annotated[NewGuest, Body()]) -> object:
        return guest

    sent = {"privacy": {"data": True}, "email": "ada@example.com", "odd": None}
    with TestClient(app) as caller:
        answers = [caller.post(path, json=sent) for path in ("/typed", "/untyped")]
        assert [(200, sent), (200, sent)] == [(answer.status_code, answer.json()) for answer in answers]
        assert 422 == caller.post("/typed", json=[sent]).status_code


@every_client
def test_both_packages_have_one_name(client: Client) -> None:
    """A member and an enum's member are called the same in both."""
    for ours, theirs in twins(client).values():
        if theirs is None or issubclass(theirs, RootModel):
            continue
        found = {field.alias or name: name for name, field in theirs.model_fields.items()}
        assert {wire: name for name, wire in ours.NAMES.items()} == found, ours
    ours, theirs = (importlib.import_module(name) for name in (f"{client.package}.models", models_of(client)))
    for name in {*ours.__all__} & {*theirs.__all__}:
        if issubclass(getattr(theirs, name), Enum):
            first, second = getattr(ours, name).__members__, getattr(theirs, name).__members__
            assert {key: item.value for key, item in first.items()} == {key: item.value for key, item in second.items()}


@every_client
def test_public_names(client: Client) -> None:
    """`__all__` holds models and their enums, nothing of the tools they are made with."""
    package = importlib.import_module(models_of(client))
    assert package.__all__
    assert [] == [name for name in package.__all__ if getattr(package, name).__module__ != f"{package.__name__}.models"]


@every_client
def test_without_pydantic(client: Client) -> None:
    """Without pydantic the error names the extra."""
    package = models_of(client)
    program = f"import sys; sys.modules['pydantic'] = None\nimport {package}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    words = f"{package} needs pydantic, which is not installed: pip install 'loyalty-clients[pydantic]'."
    assert f"ModuleNotFoundError: {words}" == done.stderr.strip().splitlines()[-1]
