"""Documents of other versions become 3.1: case by case, beside the second opinion of @scalar/openapi-upgrader."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.common.layout import ROOT
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError
from scripts.spec.upgrade import upgrade

CASES: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("upgrade_cases.yaml").read_text(encoding="utf-8")
)
_SCALAR = """
import { readFileSync } from 'node:fs'
import { upgradeFromThreeToThreeOne } from '@scalar/openapi-upgrader/3.0-to-3.1'
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map((item) => upgradeFromThreeToThreeOne(item))))
"""


def document(version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    """Return a document with these members."""
    named = {"swagger": 2.0} if version == "2.0" else {"openapi": version}
    return {**named, "info": {"title": "Shop", "version": "1"}, "paths": {}, **members}


def with_schema(schema: Any) -> dict[str, Any]:
    """Return a document of 3.0 with one schema beside another."""
    return document(components={"schemas": {"Case": copy.deepcopy(schema), "Other": {"type": "string"}}})


@pytest.fixture(scope="session")
def scalar() -> dict[str, Any]:
    """Ask the other upgrader about every case, at once."""
    install_node_tools()
    done = subprocess.run(
        [find_tool("node"), "--input-type=module", "-e", _SCALAR],
        cwd=ROOT / "scripts" / "node",
        input=json.dumps([with_schema(case["before"]) for case in CASES.values()]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [item["components"]["schemas"]["Case"] for item in json.loads(done.stdout)]
    return dict(zip(CASES, answers, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_schema_of_30(name: str) -> None:
    """A schema means in 3.1 what it meant in 3.0."""
    case = CASES[name]
    assert case["after"] == upgrade(with_schema(case["before"]), where="shop")["components"]["schemas"]["Case"]


@pytest.mark.parametrize("name", CASES)
def test_the_second_opinion(name: str, scalar: dict[str, Any]) -> None:
    """The other upgrader says the same, or what it says is written down with the reason why ours differs."""
    case = CASES[name]
    assert case.get("theirs", case["after"]) == scalar[name]
    assert ("theirs" in case) == bool(case.get("because"))


PLACES: dict[str, dict[str, Any]] = {
    "a parameter": {"paths": {"/a": {"get": {"parameters": [{"name": "a", "in": "query", "schema": "HERE"}]}}}},
    "a parameter with content": {
        "components": {"parameters": {"A": {"content": {"application/json": {"schema": "HERE"}}}}}
    },
    "a body": {"paths": {"/a": {"put": {"requestBody": {"content": {"application/json": {"schema": "HERE"}}}}}}},
    "a reply": {"components": {"responses": {"A": {"content": {"application/json": {"schema": "HERE"}}}}}},
    "a header": {"components": {"headers": {"A": {"schema": "HERE"}}}},
    "a callback": {
        "paths": {
            "/a": {
                "post": {
                    "callbacks": {"on": {"{$url}": {"post": {"requestBody": {"content": {"a/b": {"schema": "HERE"}}}}}}}
                }
            }
        }
    },
    "an item": {"components": {"schemas": {"A": {"type": "array", "items": "HERE"}}}},
    "a member called default": {"components": {"schemas": {"A": {"properties": {"default": "HERE"}}}}},
    "a part of a union": {"components": {"schemas": {"A": {"anyOf": ["HERE"]}}}},
}


def filled(node: Any, schema: Any) -> Any:
    """Put a schema where a document says HERE."""
    if node == "HERE":
        return schema
    if isinstance(node, list):
        return [filled(item, schema) for item in node]
    return {key: filled(value, schema) for key, value in node.items()} if isinstance(node, dict) else node


@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_a_schema(place: str) -> None:
    """A schema is found wherever OpenAPI has one."""
    before = document(**filled(PLACES[place], {"type": "string", "nullable": True}))
    after = document("3.1.0", **filled(PLACES[place], {"type": ["string", "null"]}))
    assert after == upgrade(before, where="shop")


@pytest.mark.parametrize("place", [{"x-old": "HERE"}, {"components": {"examples": {"A": {"value": "HERE"}}}}])
def test_data_stays(place: dict[str, Any]) -> None:
    """Nothing in extensions and examples changes, whatever it looks like."""
    schema = {"type": "string", "nullable": True, "$ref": "#/nowhere"}
    assert document("3.1.0", **filled(place, schema)) == upgrade(document(**filled(place, schema)), where="shop")


def test_the_source_stays() -> None:
    """What was read is not changed."""
    before = with_schema({"type": "string", "nullable": True})
    kept = copy.deepcopy(before)
    upgrade(before, where="shop")
    assert kept == before


def test_shared_bodies_of_swagger_20() -> None:
    """A body and a form field that are shared are sent by each operation that refers to them, beside its other parameters."""
    query = {"name": "q", "in": "query", "type": "string"}
    body = {"name": "b", "in": "body", "schema": {"type": "object", "default": {"k": 1}}}
    before = document(
        "2.0",
        consumes=["application/json"],
        parameters={"Body": body, "Field": {"name": "f", "in": "formData", "type": "string"}},
        paths={
            "/a": {"post": {"parameters": [{"$ref": "#/parameters/Body"}, query], "responses": {}}},
            "/b": {"parameters": [{"$ref": "#/parameters/Field"}], "put": {"parameters": [query], "responses": {}}},
        },
    )
    after = upgrade(before, where="shop")["paths"]
    for operation in (after["/a"]["post"], after["/b"]["put"]):
        assert ["q"] == [parameter["name"] for parameter in operation["parameters"]]
    assert body["schema"] == after["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    form = after["/b"]["put"]["requestBody"]["content"]
    assert {"application/x-www-form-urlencoded": ["f"]} == {
        media: list(sent["schema"]["properties"]) for media, sent in form.items()
    }


def test_tabs_between_values_of_swagger_20() -> None:
    """What OpenAPI 3 has no style for is refused, not sent with commas."""
    parameter = {"name": "ids", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "tsv"}
    with pytest.raises(PipelineError, match="/a: values with tabs"):
        upgrade(document("2.0", paths={"/a": {"get": {"parameters": [parameter]}}}), where="shop")


def test_swagger_20() -> None:
    """Swagger 2.0 becomes 3.1 with its body, its form, its address and its key; extensions and examples stay."""
    before = document(
        "2.0",
        host="api.shop.example",
        basePath="/v1",
        schemes=["https"],
        consumes=["application/json"],
        produces=["application/json"],
        securityDefinitions={"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        definitions={"Thing": {"type": "object", "properties": {"a": {"type": "string", "x-nullable": True}}}},
        paths={
            "/things": {
                "post": {
                    "x-old": {"schema": {"$ref": "#/definitions/Thing"}},
                    "parameters": [{"name": "thing", "in": "body", "schema": {"$ref": "#/definitions/Thing"}}],
                    "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/Thing"}}},
                }
            }
        },
    )
    after = upgrade(before, where="shop")
    operation = after["paths"]["/things"]["post"]
    reference = {"$ref": "#/components/schemas/Thing"}
    assert ("3.1.0", [{"url": "https://api.shop.example/v1"}]) == (after["openapi"], after["servers"])
    assert {"application/json": {"schema": reference}} == operation["requestBody"]["content"]
    assert {"application/json": {"schema": reference}} == operation["responses"]["200"]["content"]
    assert {"schema": {"$ref": "#/definitions/Thing"}} == operation["x-old"]
    assert {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}} == after["components"]["securitySchemes"]


KEPT_32: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"$self": "https://shop.example/openapi"}, {}),
    ({"tags": [{"name": "a", "kind": "nav", "parent": "b"}]}, {"tags": [{"name": "a"}]}),
    ({"servers": [{"url": "/", "name": "test"}]}, {"servers": [{"url": "/", "x-name": "test"}]}),
    (
        {"components": {"examples": {"A": {"dataValue": 1, "serializedValue": "1"}}}},
        {"components": {"examples": {"A": {"value": 1}}}},
    ),
]


@pytest.mark.parametrize(("before", "after"), KEPT_32)
def test_what_31_can_say_of_32(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What 3.2 added for readers goes or takes the name it has here."""
    assert document("3.1.0", **after) == upgrade(document("3.2.0", **before), where="shop")


LOST_32: list[tuple[dict[str, Any], str]] = [
    ({"paths": {"/a": {"query": {"responses": {}}}}}, "$['paths']['/a']['query']"),
    ({"paths": {"/a": {"additionalOperations": {"COPY": {}}}}}, "$['paths']['/a']['additionalOperations']"),
    ({"components": {"responses": {"A": {"content": {"a/b": {"itemSchema": {}}}}}}}, "['a/b']['itemSchema']"),
    ({"components": {"parameters": {"A": {"in": "querystring", "name": "q"}}}}, "['A']['in']"),
]


@pytest.mark.parametrize(("members", "place"), LOST_32)
def test_what_31_cannot_say_of_32(members: dict[str, Any], place: str) -> None:
    """It is refused with its place."""
    with pytest.raises(PipelineError, match=r"what OpenAPI 3\.1 cannot say") as caught:
        upgrade(document("3.2.0", **members), where="shop")
    assert place in str(caught.value)


@pytest.mark.parametrize("named", [{}, {"openapi": "4.0.0"}, {"openapi": True}, {"swagger": "1.2"}])
def test_other_versions(named: dict[str, Any]) -> None:
    """Any other version is refused; the message says which are read."""
    with pytest.raises(PipelineError, match=r"reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2"):
        upgrade({**named, "paths": {}}, where="shop")
