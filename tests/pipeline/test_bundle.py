"""A spec in several files becomes one document, and every reference that cannot hold is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import is_data, resolve, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml
from scripts.spec.bundle import bundle

ROOT_NAME = "specs/acme/openapi.yaml"


def join(folder: Path, files: dict[str, Any]) -> Any:
    """Write files below a folder of their own and bundle them."""
    spec = folder / "spec"
    for name, content in files.items():
        path = spec / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else dump_yaml(content), encoding="utf-8")
    return bundle(spec / "openapi.yaml", name=ROOT_NAME)


def refusal(folder: Path, files: dict[str, Any]) -> str:
    """Return the message with which files are refused."""
    with pytest.raises(PipelineError) as caught:
        join(folder, files)
    return str(caught.value)


JOINED: dict[str, tuple[dict[str, Any], Any]] = {
    "one file stays as it is": (
        {"openapi.yaml": {"a": {"$ref": "#/b"}, "b": {"type": "string"}}},
        {"a": {"$ref": "#/b"}, "b": {"type": "string"}},
    ),
    "a reference into another file is replaced by what it points at": (
        {
            "openapi.yaml": {"paths": {"/perks": {"$ref": "paths/perks.yaml#/~1perks"}, "/users": {}}},
            "paths/perks.yaml": {"/perks": {"get": {"tags": ["perks"]}}},
        },
        {"paths": {"/perks": {"get": {"tags": ["perks"]}}, "/users": {}}},
    ),
    "a reference to the root becomes local": (
        {
            "openapi.yaml": {"schemas": {"A": {"$ref": "parts/a.yaml#/A"}, "B": {"type": "string"}}},
            "parts/a.yaml": {"A": {"items": {"$ref": "../openapi.yaml#/schemas/B"}}},
        },
        {"schemas": {"A": {"items": {"$ref": "#/schemas/B"}}, "B": {"type": "string"}}},
    ),
    "references are relative to their file, and a part may be a whole file": (
        {
            "openapi.yaml": {"a": {"$ref": "x/one.yaml"}},
            "x/one.yaml": {"b": {"$ref": "../y/two.yaml#/c"}},
            "y/two.yaml": {"c": [1, {"d": 2}]},
        },
        {"a": {"b": [1, {"d": 2}]}},
    ),
    "members beside a reference win": (
        {
            "openapi.yaml": {"a": {"$ref": "p.yaml#/s", "description": "ours"}},
            "p.yaml": {"s": {"k": 1, "description": "x"}},
        },
        {"a": {"k": 1, "description": "ours"}},
    ),
    "a recursive schema stays a reference": (
        {"openapi.yaml": {"s": {"$ref": "p.yaml#/s"}}, "p.yaml": {"s": {"next": {"$ref": "openapi.yaml#/s"}}}},
        {"s": {"next": {"$ref": "#/s"}}},
    ),
    "`default` below `responses` is a response": (
        {
            "openapi.yaml": {"paths": {"/a": {"$ref": "p.yaml#/a"}}, "E": {"description": "x"}},
            "p.yaml": {"a": {"get": {"responses": {"default": {"$ref": "openapi.yaml#/E"}}}}},
        },
        {"paths": {"/a": {"get": {"responses": {"default": {"$ref": "#/E"}}}}}, "E": {"description": "x"}},
    ),
    "an example that shows a `$ref` keeps it": (
        {"openapi.yaml": {"schemas": {"A": {"examples": [{"deep": {"$ref": "nowhere.yaml"}}]}}}},
        {"schemas": {"A": {"examples": [{"deep": {"$ref": "nowhere.yaml"}}]}}},
    ),
    "an extension keeps its `$ref`": (
        {"openapi.yaml": {"paths": {"/a": {"x-note": {"$ref": "nowhere.yaml"}}}}},
        {"paths": {"/a": {"x-note": {"$ref": "nowhere.yaml"}}}},
    ),
}


@pytest.mark.parametrize(("files", "expected"), JOINED.values(), ids=JOINED)
def test_files_become_one_document(files: dict[str, Any], expected: Any, tmp_path: Path) -> None:
    """Parts stand where they are referred to; what refers to the root is a local reference; the vendor's data stay."""
    assert expected == join(tmp_path, files)


def test_one_part_used_twice_is_two_parts(tmp_path: Path) -> None:
    """Two references to one part share nothing afterwards."""
    document = join(
        tmp_path,
        {"openapi.yaml": {"a": {"$ref": "p.yaml#/s"}, "b": {"$ref": "p.yaml#/s"}}, "p.yaml": {"s": {"k": [1]}}},
    )
    document["a"]["k"].append(2)
    assert {"k": [1]} == document["b"]


@pytest.mark.parametrize("name", ["example", "examples", "value", "default", "enum", "const"])
def test_properties_may_be_named_like_data(name: str, tmp_path: Path) -> None:
    """A property called `value` or `example` is a schema, so its reference is followed."""
    files = {
        "openapi.yaml": {"components": {"schemas": {"A": {"$ref": "p.yaml#/A"}, "B": {}}}},
        "p.yaml": {"A": {"properties": {name: {"$ref": "openapi.yaml#/components/schemas/B"}}}},
    }
    assert {"$ref": "#/components/schemas/B"} == join(tmp_path, files)["components"]["schemas"]["A"]["properties"][name]


MEDIA: Place = ("paths", "/a", "get", "responses", "200", "content", "application/json")
SCHEMA: Place = ("components", "schemas", "A")
PLACES: list[tuple[Place, bool]] = [
    ((*SCHEMA, "example"), True),
    ((*SCHEMA, "example", "deep", 0, "member"), True),
    ((*SCHEMA, "examples", 0), True),
    ((*SCHEMA, "default", "x"), True),
    ((*SCHEMA, "enum", 1), True),
    ((*SCHEMA, "properties", "example", "const"), True),
    ((*SCHEMA, "x-note", "items"), True),
    ((*MEDIA, "examples", "one", "value", "items"), True),
    (("components", "examples", "one", "value"), True),
    (("paths", "/a", "x-schema"), True),
    ((), False),
    (("components", "schemas", "example"), False),
    (("components", "schemas", "x-b"), False),
    ((*SCHEMA, "properties", "value", "items"), False),
    ((*SCHEMA, "properties", "x-b"), False),
    (("paths", "/a", "get", "responses", "default", "content"), False),
    ((*MEDIA, "examples", "one"), False),
    (("components", "examples", "value"), False),
    (("paths", "/a", "get", "parameters", 0, "schema"), False),
    (("components", "parameters", "example", "schema"), False),
]


@pytest.mark.parametrize(("place", "data"), PLACES)
def test_the_vendors_data_are_no_part_of_the_document(place: Place, data: bool) -> None:
    """Inside extensions, examples, defaults and enums `$ref` is an ordinary member; a name that happens to be such a word hides nothing."""
    assert data is is_data(place)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"openapi.yaml": {"a": {"b": {"$ref": "#/c/d"}}, "c": {}}},
            "specs/acme/openapi.yaml, a/b: the reference #/c/d points at nothing ('d' is not there). Correct the reference or add its target.",
        ),
        (
            {"openapi.yaml": {"a": [{"$ref": "#/b/7"}], "b": [1]}},
            "specs/acme/openapi.yaml, a/0: the reference #/b/7 points at nothing ('7' is not there). Correct the reference or add its target.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "#Member"}}},
            "specs/acme/openapi.yaml, a: the reference #Member points at nothing ('Member' is not there). Correct the reference or add its target.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "parts.yaml#/a"}}},
            "specs/acme/parts.yaml: file not found. Create it or correct the reference to it.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "../../secret.yaml"}}},
            "specs/acme/openapi.yaml, a: ../../secret.yaml leaves the folder of the spec. Keep every part of a spec in its folder.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "/etc/hostname"}}},
            "specs/acme/openapi.yaml, a: /etc/hostname leaves the folder of the spec. Keep every part of a spec in its folder.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "https://example.com/a.yaml#/a"}}},
            "specs/acme/openapi.yaml, a: https://example.com/a.yaml#/a is on another host. Keep every part of a spec in its folder.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "p.yaml#/x"}}, "p.yaml": {"x": {"y": {"$ref": "#/x"}}}},
            "specs/acme/p.yaml, a/y: the reference #/x leads back to itself. Refer to it through the root file.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "p.yaml#/x", "description": "d"}}, "p.yaml": {"x": [1]}},
            "specs/acme/openapi.yaml, a: the reference p.yaml#/x has members beside it, but points at no mapping. Remove them.",
        ),
        (
            {"openapi.yaml": [1]},
            "specs/acme/openapi.yaml: the document is not a mapping. An OpenAPI document starts with `openapi: 3.1.0`.",
        ),
        (
            {"openapi.yaml": ""},
            "specs/acme/openapi.yaml: the document is not a mapping. An OpenAPI document starts with `openapi: 3.1.0`.",
        ),
        (
            {"openapi.yaml": {"a": {"$ref": "p.yaml#/x"}}, "p.yaml": "x: 1\nx: 2\n"},
            "specs/acme/p.yaml:2: the key 'x' stands twice in one mapping. Remove or rename one of them.",
        ),
    ],
)
def test_refusals(files: dict[str, Any], message: str, tmp_path: Path) -> None:
    """Each reference that cannot hold is refused with file, place and what to do."""
    assert message == refusal(tmp_path, files)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": [10, {"c~d": 1}], "": 5, "x y": 6}),
        ("/a~1b/0", 10),
        ("/a~1b/1/c~0d", 1),
        ("/", 5),
        ("/x%20y", 6),
        ("/x y", 6),
    ],
)
def test_pointers(pointer: str, value: Any) -> None:
    """Pointers follow RFC 6901, written as the fragment of a reference."""
    assert value == resolve_pointer({"a/b": [10, {"c~d": 1}], "": 5, "x y": 6}, pointer)


CHAIN = {
    "components": {
        "schemas": {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/paths/~1a/parameters/0/schema"},
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Lost": {"$ref": "#/components/schemas/Nobody"},
            "Far": {"$ref": "https://example.com/a.yaml#/A"},
        }
    },
    "paths": {"/a": {"parameters": [{"schema": {"type": "string"}}]}},
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("A", {"type": "string"}), ("B", {"type": "string"}), ("Loop", {}), ("Lost", {}), ("Far", {})],
)
def test_references_are_followed_to_the_end(name: str, expected: dict[str, Any]) -> None:
    """A chain of references is followed to any depth of the document; one that ends nowhere or never is empty."""
    assert expected == resolve(CHAIN, {"$ref": f"#/components/schemas/{name}"})
