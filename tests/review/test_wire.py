"""What the review says of changes on the wire that the seeded branch has not, on small documents through the real `redocly diff`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.review.causes import join_causes
from scripts.review.model import Change, Impact
from scripts.review.wire import compare_wire, match_operations

Document = dict[str, Any]


def document() -> Document:
    """Return a small spec: one schema in a request and in a reply, one in a reply only."""
    both = {"$ref": "#/components/schemas/Both"}
    reply = {"$ref": "#/components/schemas/Reply"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "paths": {
            "/things": {
                "get": {
                    "operationId": "listThings",
                    "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                    "responses": {"200": {"description": "x", "content": {"application/json": {"schema": reply}}}},
                },
                "post": {
                    "operationId": "createThing",
                    "requestBody": {"content": {"application/json": {"schema": both}}},
                    "responses": {"200": {"description": "x", "content": {"application/json": {"schema": both}}}},
                },
            },
            "/things/{id}": {
                "delete": {
                    "operationId": "deleteThing",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {"204": {"description": "x"}},
                }
            },
        },
        "components": {
            "schemas": {
                "Both": {
                    "type": "object",
                    "required": ["a"],
                    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                },
                "Reply": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["x", "y"]}}},
            }
        },
    }


def schema(document: Document, name: str) -> Document:
    """Return a schema of a document."""
    found: Document = document["components"]["schemas"][name]
    return found


def rename_path(document: Document, old: str, new: str) -> None:
    """Give a path another name in its place."""
    document["paths"] = {new if path == old else path: item for path, item in document["paths"].items()}


CASES: list[tuple[str, Callable[[Document], object], list[tuple[str, str]]]] = [
    ("nothing", lambda d: None, []),
    (
        "an operation removed beside one that looks alike",
        lambda d: (
            d["paths"].pop("/things/{id}"),
            d["paths"].update(
                {"/thing/{id}": {"get": {"operationId": "getThing", "responses": {"200": {"description": "x"}}}}}
            ),
        ),
        [("acme/spec/operation-removed/deleteThing", "major"), ("acme/spec/operation-added/getThing", "minor")],
    ),
    (
        "a member of a reply made nullable",
        lambda d: schema(d, "Both")["properties"]["b"].update(type=["string", "null"]),
        [("acme/spec/schema-type-changed/Both.b:string->string|null", "major")],
    ),
    (
        "a member removed",
        lambda d: schema(d, "Both")["properties"].pop("b"),
        [("acme/spec/property-removed/Both.b", "major")],
    ),
    (
        "no member required any more",
        lambda d: schema(d, "Both").pop("required"),
        [("acme/spec/required-properties-removed/Both:-a", "major")],
    ),
    (
        "a member that is a schema of its own now",
        lambda d: schema(d, "Both")["properties"].update(b={"$ref": "#/components/schemas/Reply"}),
        [
            ("acme/spec/schema-type-changed/Both.b:string->object", "major"),
            ("acme/spec/schema-properties-added/Reply", "minor"),
        ],
    ),
    (
        "a description reworded",
        lambda d: schema(d, "Reply").update(description="Other."),
        [("acme/spec/description-changed/Reply:none->Other.", "patch")],
    ),
    (
        "a parameter that became required",
        lambda d: d["paths"]["/things"]["get"]["parameters"][0].update(required=True),
        [("acme/spec/parameter-became-required/listThings.query.limit:none->true", "major")],
    ),
    (
        "a renamed operationId",
        lambda d: d["paths"]["/things"]["get"].update(operationId="getThings"),
        [("acme/spec/operation-id-changed/getThings:listThings->getThings", "patch")],
    ),
    (
        "a renamed parameter",
        lambda d: d["paths"]["/things"]["get"]["parameters"][0].update(name="size"),
        [("acme/spec/parameter-renamed/listThings.query.limit:size", "major")],
    ),
    (
        "a format that is the type itself",
        lambda d: d["paths"]["/things"]["get"]["parameters"][0]["schema"].update(format="int64"),
        [("acme/spec/schema-constraint-changed/listThings.query.limit:format-none->int64", "patch")],
    ),
    (
        "security of the whole document that no operation uses",
        lambda d: d.update(security=[{"key": []}]),
        [("acme/spec/security-requirement-changed/security", "major")],
    ),
    ("grades", lambda d: d["paths"]["/things"]["get"].update({"x-provenance": {"method": "stated"}}), []),
]


@pytest.mark.parametrize(("edit", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_changes(edit: Callable[[Document], object], expected: list[tuple[str, str]]) -> None:
    """Each change is reported once, under a readable id, with the impact it has in its direction."""
    after = document()
    edit(after)
    found, _ = join_causes(compare_wire("acme", document(), after), [], [])
    assert expected == [(change.id, change.impact.word) for change in found]


def test_two_constraints_at_one_place_stay_apart() -> None:
    """Ids name the constraint, so that accepting one does not accept the other."""
    after = document()
    schema(after, "Both")["properties"]["b"].update(maxLength=3, pattern="x")
    ids = [change.id for change in compare_wire("acme", document(), after)]
    assert 2 == len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("integer", "string", "`Both.b`: type changed: integer → string."),
        ("integer", "number", "`Both.b`: type widened: integer → number."),
        (["string", "null"], "string", "`Both.b`: type narrowed: string|null → string."),
    ],
)
def test_types_change_widen_or_narrow(before: object, after: object, expected: str) -> None:
    """Only a type that loses values is called narrowed, and only one that keeps all of them widened."""
    old, new = document(), document()
    schema(old, "Both")["properties"]["b"]["type"] = before
    schema(new, "Both")["properties"]["b"]["type"] = after
    assert [expected] == [change.message for change in compare_wire("acme", old, new)]


def test_a_renamed_path_parameter_is_the_same_operation() -> None:
    """`/things/{id}` and `/things/{thing}` are one address."""
    after = copy.deepcopy(document())
    rename_path(after, "/things/{id}", "/things/{thing}")
    after["paths"]["/things/{thing}"]["delete"]["parameters"][0]["name"] = "thing"
    pairs, changes = match_operations("acme", document(), after)
    assert ("DELETE", "/things/{id}") == pairs["DELETE", "/things/{thing}"]
    assert [] == changes


def test_security_that_nothing_uses() -> None:
    """Security of the whole document changes nothing where every operation states its own."""
    before = document()
    for item in before["paths"].values():
        for operation in item.values():
            operation["security"] = [{"key": []}]
    assert [] == compare_wire("acme", before, {**before, "security": [{"key": []}]})


@pytest.mark.parametrize(("name", "impact"), [("Reply", "patch"), ("Both", "major")])
@pytest.mark.parametrize("schema", [{"type": "string"}, {"$ref": "#/components/schemas/Word"}])
def test_a_member_that_is_never_null_any_more(schema: Document, name: str, impact: str) -> None:
    """It breaks what is sent and nothing that is read, however the null was written."""
    sides = []
    for written in ({"anyOf": [schema, {"type": "null"}]}, schema):
        side = document()
        side["components"]["schemas"]["Word"] = {"type": "string"}
        side["components"]["schemas"][name]["properties"]["word"] = written
        sides.append(side)
    (change,) = compare_wire("acme", *sides)
    assert (f"{name}.word", impact) == (change.subject, change.impact.name.lower())
    assert change.id.endswith("type-changed/" + f"{name}.word:string|null->string")


@pytest.mark.parametrize("removed", ["an operation", "a member"])
def test_classes_that_go_with_what_is_removed(removed: str) -> None:
    """The classes that only a removed operation or member stood on are told with it, and are no breaks of their own."""
    before = document()
    schema(before, "Reply")["properties"]["deep"] = {"$ref": "#/components/schemas/Deep"}
    before["components"]["schemas"]["Deep"] = {"type": "object", "properties": {"kind": {"type": "string"}}}
    after = copy.deepcopy(before)
    if removed == "an operation":
        del after["paths"]["/things"]["get"]
    else:
        del schema(after, "Reply")["properties"]["deep"]
    python = [
        Change("acme", "python", "class-removed", name, f"`{name}` was removed.", Impact.MAJOR)
        for name in ("Deep", "Both")
    ]
    wire, left = join_causes(compare_wire("acme", before, after), python, [(before, {}), (after, {})])
    assert ["Both"] == [change.subject for change in left]
    assert [("Python: `Deep` was removed.",)] == [change.also for change in wire if change.also]


def test_a_parameter_with_many_new_examples_is_the_same_parameter() -> None:
    """It is neither removed nor added, though little of it is as it was."""
    after = document()
    examples = {f"number {number}": {"value": number} for number in range(9)}
    after["paths"]["/things"]["get"]["parameters"][0].update(examples=examples, description="How many.")
    assert ["description-changed"] == [change.rule for change in compare_wire("acme", document(), after)]
