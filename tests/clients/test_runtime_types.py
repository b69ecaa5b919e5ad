"""Tools that read annotations and classes at run time work on clients."""

from __future__ import annotations

import gc
import inspect
import typing
from typing import Any
from unittest.mock import create_autospec

import pytest
from pydantic import validate_call

from tests.clients.doors import facade_method, invoke
from tests.clients.tables import every_client
from tests.clients.vendors import Client


@every_client
def test_type_hints(client: Client) -> None:
    """The hints of every method resolve, and of the constructor."""
    gc.collect()  # Python 3.11 before 3.11.9 stumbles when a finalizer prints a traceback while a source is parsed
    with client.make("http://127.0.0.1:9") as made:
        for row in client.rows.values():
            method = facade_method(made, row.call)
            assert "return" in typing.get_type_hints(method)
            assert inspect.signature(method, eval_str=True).return_annotation is not inspect.Signature.empty
        assert typing.get_type_hints(type(made).__init__)
        inherited = [
            method
            for name, method in inspect.getmembers(type(made), inspect.isfunction)
            if not name.startswith("_") or name == "__init__"
        ]
        assert len(inherited) > 6
        assert all(map(typing.get_type_hints, inherited))


@every_client
def test_doubles(client: Client) -> None:
    """A double made from the class has every resource and method, and knows what no resource has."""
    with client.make("http://127.0.0.1:9") as made:
        double: Any = create_autospec(type(made), instance=True)
    for row in client.rows.values():
        stub: Any = facade_method(double, row.call)
        stub.return_value = 7
        assert 7 == invoke(double, row, raw=False)
    with pytest.raises(AttributeError):
        double.nothing


def test_validated_calls() -> None:
    """Pydantic's `validate_call` takes a method."""
    from stampede_client import Stampede

    with Stampede(access_token="artificial", base_url="http://127.0.0.1:9") as stampede:
        assert callable(validate_call(stampede.guests.get))
