"""A declared read-back that cannot work is found before it is generated, a line each."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts.spec.outcomes import check_outcomes

CHECK: dict[str, Any] = {
    "operation": "listSales",
    "arguments": {"guest": "$request.body#/guest", "kind": 2},
    "items": "data",
    "entry": {"sale.number": "$request.body#/number"},
    "same": {"": {}},
    "time": "at",
    "certainty": "certain",
    "settle": 60,
    "source": "page 1",
}
OBJECT = {"type": "object"}
SALE = {**OBJECT, "properties": {"at": {}, "sale": {**OBJECT, "properties": {"number": {}}}}}
LIST = {**OBJECT, "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Sale"}}}}
BODY = {"allOf": [{**OBJECT, "properties": {"guest": {}}}, {**OBJECT, "properties": {"number": {}}}]}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/guests/{guest}/sales": {
            "parameters": [{"name": "guest", "in": "path", "required": True}],
            "get": {
                "operationId": "listSales",
                "parameters": [{"name": "kind", "in": "query"}],
                "responses": {"200": {"content": {"application/json": {"schema": LIST}}}},
                "x-provenance": {"method": "stated", "path": "stated"},
            },
        },
        "/sales": {
            "post": {
                "operationId": "addSale",
                "parameters": [{"name": "x-tenant", "in": "header"}],
                "requestBody": {"content": {"application/json": {"schema": BODY}}},
                "x-outcome-check": CHECK,
            }
        },
    },
    "components": {"schemas": {"Sale": SALE}},
}


def found(read: dict[str, Any] | None = None, **changes: Any) -> list[str]:
    """Return what is found in the document with changes; a value of None takes a member away."""
    document = copy.deepcopy(DOCUMENT)
    check = {**CHECK, **changes}
    document["paths"]["/sales"]["post"]["x-outcome-check"] = {k: v for k, v in check.items() if v is not None}
    document["paths"]["/guests/{guest}/sales"]["get"].update(read or {})
    findings = check_outcomes(document)
    assert {("paths", "/sales", "post", "x-outcome-check")} >= {finding.place for finding in findings}
    return [finding.message for finding in findings]


def test_a_sound_one_passes() -> None:
    """With path, query and constants; members of `allOf` count, and a header of the call."""
    assert [] == found()
    assert [] == found(entry={"sale.number": "$request.header.x-tenant"})
    assert [] == found(entry=None, gone=True, absent=[404])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"operation": "listSale"}, "names 'listSale', which does not exist"),
        ({"operation": "addSale", "arguments": {}, "items": "", "entry": {"": 1}, "time": None}, "a POST; only a GET"),
        ({"arguments": {}}, "lacks 'guest', which listSales requires"),
        ({"arguments": {"guest": 1, "page": 2}}, "gives 'page', which listSales does not take"),
        ({"arguments": {"guest": "$request.body#/gast"}}, "names no member of the body of addSale"),
        ({"arguments": {"guest": "$request.query.guest"}}, "names no parameter of addSale"),
        ({"arguments": {"guest": "$response.body#/id"}}, "is no expression; write $request.path.NAME"),
        ({"items": "sales"}, "names 'sales', which the reply of listSales does not have"),
        ({"entry": {"sale.numer": 1}}, "'sale.numer' is no member of an entry of listSales"),
        ({"same": {"sale.value": 1}}, "'sale.value' is no member"),
        ({"time": "made"}, "'made' is no member"),
        ({"entry": {}}, "every entry would count"),
        ({"certainty": "sure"}, "it is certain or likely"),
        ({"read": {"x-provenance": {"path": "inferred"}}}, "the path of listSales is inferred; that is likely"),
        ({"settle": 0}, "give seconds above 0"),
        ({"settle": None}, "`settle` is missing"),
        ({"source": None}, "`source` is missing"),
        ({"when": "now"}, "there is no member 'when'"),
    ],
)
def test_a_fault_is_one_line(changes: dict[str, Any], says: str) -> None:
    """That says what is wrong and with which name."""
    (message,) = found(**changes)
    assert says in message and "\n" not in message
