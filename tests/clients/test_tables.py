"""The tables are complete: what an effective spec and the table of its vendor do not both have is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from scripts.common.layout import ROOT
from scripts.common.yaml_io import load_yaml
from tests.clients.completeness import problems
from tests.clients.tables import every_client
from tests.clients.vendors import BY_SLUG, Client

TEXT = {"type": "string"}


@cache
def effective_spec(slug: str) -> dict[str, Any]:
    """Return the effective spec of a vendor, not to be changed."""
    return dict(load_yaml(ROOT / "generated" / slug / "openapi.yaml"))


@every_client
def test_table_is_complete(client: Client) -> None:
    """Every operation, parameter, member and reply has its line, and every line its counterpart."""
    assert [] == problems(client, effective_spec(client.slug))


def test_every_spec_has_a_table() -> None:
    """No vendor is left out."""
    assert {path.parent.name for path in ROOT.glob("generated/*/openapi.yaml")} == set(BY_SLUG)


def schema(document: dict[str, Any], name: str) -> Any:
    """Return the members of a named schema."""
    return document["components"]["schemas"][name]["properties"]


def operation(document: dict[str, Any], name: str) -> Any:
    """Return an operation of the document itself."""
    return next(
        item for path in document["paths"].values() for item in path.values() if item.get("operationId") == name
    )


# What is planted in a copy of Stampede's spec, or taken out of it, and the line that says so.
PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "createDeal: no row and no request fixture has NewDeal.planted": lambda spec: schema(spec, "NewDeal").update(
        planted=TEXT
    ),
    "listVenues: no reply fixture has Venue.planted": lambda spec: schema(spec, "Venue").update(planted=TEXT),
    "listDeals: the spec has the parameter query planted, the row does not send it": lambda spec: operation(
        spec, "listDeals"
    )["parameters"].append({"name": "planted", "in": "query"}),
    "getGuest: the spec has the reply 418, the row has no line for it": lambda spec: operation(spec, "getGuest")[
        "responses"
    ].update({"418": {"description": "Planted."}}),
    "planted: the spec has this operation, the table has no row": lambda spec: spec["paths"].update(
        {"/planted": {"get": {"operationId": "planted", "responses": {}}}}
    ),
}


@pytest.mark.parametrize(("line", "plant"), PLANTED.items(), ids=PLANTED)
def test_a_difference_is_named(line: str, plant: Callable[[dict[str, Any]], object]) -> None:
    """What only the spec has, and what only the table has, is one line with vendor, operation and name."""
    document = copy.deepcopy(effective_spec("stampede"))
    plant(document)
    assert f"stampede {line}" in problems(BY_SLUG["stampede"], document)
