"""`specs/<vendor>/names.yaml`: users keep the names they know when the vendor's file has others."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from loyalty_sandbox.core.spec import Spec
from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.names import call_of
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.generate.adapt import adapt
from scripts.spec.names import Call, Names, apply_names, dump_names, load_names

USER = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "tip": {"type": "number"}}}


def reply(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the replies of an operation that answers with a schema."""
    return {"200": {"description": "Done.", "content": {"application/json": {"schema": copy.deepcopy(schema)}}}}


def document() -> dict[str, Any]:
    """Return a vendor's file: its own operationIds, tags, parameters, a component and inline shapes."""
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "paths": {
            "/users/{id}": {
                "parameters": [number],
                "get": {"operationId": "Api_one", "tags": ["api"], "responses": reply({**USER, "title": "One"})},
                "delete": {"tags": ["api"], "responses": {"204": {"description": "Gone."}}},
            },
            "/users": {
                "get": {
                    "operationId": "getUser",
                    "tags": ["api"],
                    "responses": reply({"type": "array", "items": {**USER, "description": "Each."}}),
                },
                "post": {
                    "operationId": "Api_import",
                    "tags": ["api"],
                    "x-long-running": {
                        "id": "id",
                        "operation": "Api_one",
                        "parameter": "id",
                        "status": "name",
                        "done": ["x"],
                    },
                    "responses": reply({"$ref": "#/components/schemas/OperationDTO"}),
                },
            },
        },
        "components": {"schemas": {"OperationDTO": {"type": "object", "properties": {"id": {"type": "string"}}}}},
    }


INLINE = "#/paths/~1users~1{id}/get/responses/200/content/application~1json/schema"
NAMES = Names(
    operations={
        "Api_one": Call("getUser", tag="users", method="fetch", parameters={"id": "userId"}),
        "DELETE /users/{id}": Call("deleteUser", tag="users", parameters={"id": "userId"}),
        "getUser": Call("listUsers", tag="users"),
        "Api_import": Call("importUsers", tag="users"),
    },
    schemas={"OperationDTO": "Operation", INLINE: "User"},
)


@pytest.fixture
def acme(tmp_path: Path) -> Vendor:
    """Return a vendor with a file of names."""
    acme = Vendor("acme", tmp_path)
    acme.specs.mkdir(parents=True)
    acme.names.write_text(dump_names(NAMES, slug="acme"))
    return acme


def named(acme: Vendor) -> dict[str, Any]:
    """Return the document with the names beside the vendor's."""
    found = document()
    apply_names(found, acme)
    return found


def test_the_file_is_read_as_it_was_written(acme: Vendor) -> None:
    """What is written is read again; an operation that needs nothing but its name is one line."""
    assert load_names(acme) == NAMES
    acme.names.write_text(dump_names(Names({"a": Call("b")}), slug="acme"))
    assert load_yaml(acme.names) == {"operations": {"a": "b"}, "schemas": {}}


def test_the_effective_spec_keeps_the_vendors_names(acme: Vendor) -> None:
    """Without our marks the document is the vendor's."""
    found = named(acme)
    assert found["paths"]["/users/{id}"]["get"]["operationId"] == "Api_one"
    assert found["components"]["schemas"]["OperationDTO"]["x-client-schema"] == "Operation"
    for _, _, operation in operations(found):
        for name in [name for name in operation if name.startswith("x-client-")]:
            del operation[name]
    del found["components"]["schemas"]["OperationDTO"]["x-client-schema"]
    del found["paths"]["/users/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "x-client-schema"
    ]
    assert found == document()


def test_the_client_has_the_names_users_know(acme: Vendor) -> None:
    """Ids, resources, methods, parameters of paths and classes are ours; every equal inline shape is the named class."""
    made, _ = adapt(named(acme))
    assert [(method, path, ".".join(call_of(operation))) for method, path, operation in operations(made)] == [
        ("GET", "/users/{userId}", "users.fetch"),
        ("DELETE", "/users/{userId}", "users.delete"),
        ("GET", "/users", "users.list"),
        ("POST", "/users", "users.import_"),
    ]
    assert {"User", "Operation"} == made["components"]["schemas"].keys()
    user = {"$ref": "#/components/schemas/User"}
    one, several = (made["paths"][path]["get"]["responses"]["200"] for path in ("/users/{userId}", "/users"))
    assert user == one["content"]["application/json"]["schema"]
    assert user["$ref"] == several["content"]["application/json"]["schema"]["items"]["$ref"]


def test_references_to_operations_follow(acme: Vendor) -> None:
    """An extension that names the vendor's operation means ours in the client and in the sandbox."""
    found = named(acme)
    made, _ = adapt(found)
    rules = made["paths"]["/users"]["post"]["x-long-running"]
    assert ("getUser", "userId") == (rules["operation"], rules["parameter"])
    spec = Spec(found)
    assert {"getUser", "deleteUser", "listUsers", "importUsers"} == spec.operations.keys()
    assert "Api_one" == spec.operations["getUser"].raw["operationId"]
    assert ("/users/{userId}", ["userId"]) == (
        spec.operations["getUser"].template,
        [each.name for each in spec.operations["getUser"].parameters],
    )


def test_every_wrong_entry_is_named_at_once(acme: Vendor) -> None:
    """Entries without an operation or schema, equal names, and a name that x-client-method gives too are all told."""
    wrong = Names(
        {"gone": Call("a"), "Api_one": Call("b", parameters={"nr": "n"}), "getUser": Call("b")},
        {"Nothing": "C", "#/paths/~1gone": "D", "OperationDTO": "Operation"},
    )
    acme.names.write_text(dump_names(wrong, slug="acme"))
    found = document()
    found["paths"]["/users"]["get"]["x-client-method"] = "all"
    with pytest.raises(PipelineError) as caught:
        apply_names(found, acme)
    lines = str(caught.value).splitlines()
    assert [
        "GET /users/{id} has no path parameter nr",
        "GET /users is named here and by x-client-method: b and all",
        "GET /users and GET /users/{id} are both named b",
        "gone is no operation of the effective spec",
        "Nothing is no schema of the effective spec",
        "#/paths/~1gone is no schema of the effective spec",
    ] == [line.removeprefix("specs/acme/names.yaml: ").strip().partition(". Correct")[0] for line in lines]
