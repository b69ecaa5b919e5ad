"""A spec in several files becomes one document, and every reference that cannot hold is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import is_data, resolve_pointer
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


def test_single_file_stays_as_it_is(tmp_path: Path) -> None:
    """A spec in one file is bundled to itself."""
    document = {"openapi": "3.1.0", "a": {"$ref": "#/b"}, "b": {"type": "string"}}
    assert document == join(tmp_path, {"openapi.yaml": document})


def test_parts_replace_their_references(tmp_path: Path) -> None:
    """A reference into another file is replaced by what it points at, where it stood."""
    files = {
        "openapi.yaml": {"paths": {"/perks": {"$ref": "paths/perks.yaml#/~1perks"}, "/users": {}}},
        "paths/perks.yaml": {"/perks": {"get": {"tags": ["perks"]}}},
    }
    assert {"paths": {"/perks": {"get": {"tags": ["perks"]}}, "/users": {}}} == join(tmp_path, files)


def test_references_to_the_root_become_local(tmp_path: Path) -> None:
    """A part refers to shared components through the root; in one document that is a local reference."""
    files = {
        "openapi.yaml": {"components": {"schemas": {"A": {"$ref": "parts/a.yaml#/A"}, "B": {"type": "string"}}}},
        "parts/a.yaml": {"A": {"items": {"$ref": "../openapi.yaml#/components/schemas/B"}}},
    }
    expected = {"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {"type": "string"}}
    assert expected == join(tmp_path, files)["components"]["schemas"]


def test_parts_refer_to_parts(tmp_path: Path) -> None:
    """References are relative to the file they stand in, and a part may be a whole file."""
    files = {
        "openapi.yaml": {"a": {"$ref": "x/one.yaml"}},
        "x/one.yaml": {"b": {"$ref": "../y/two.yaml#/c"}},
        "y/two.yaml": {"c": [1, {"d": 2}]},
    }
    assert {"a": {"b": [1, {"d": 2}]}} == join(tmp_path, files)


def test_members_beside_a_reference_win(tmp_path: Path) -> None:
    """OpenAPI 3.1 allows a description beside a reference; it stands over that of the part."""
    files = {
        "openapi.yaml": {"a": {"$ref": "p.yaml#/s", "description": "ours"}},
        "p.yaml": {"s": {"type": "string", "description": "theirs"}},
    }
    assert {"a": {"type": "string", "description": "ours"}} == join(tmp_path, files)


def test_one_part_used_twice_is_two_parts(tmp_path: Path) -> None:
    """Two references to one part share nothing afterwards."""
    document = join(
        tmp_path,
        {"openapi.yaml": {"a": {"$ref": "p.yaml#/s"}, "b": {"$ref": "p.yaml#/s"}}, "p.yaml": {"s": {"k": [1]}}},
    )
    document["a"]["k"].append(2)
    assert {"k": [1]} == document["b"]


def test_recursive_schemas_stay_references(tmp_path: Path) -> None:
    """A schema that contains itself through the root is kept as a reference, not unrolled."""
    files = {"openapi.yaml": {"s": {"$ref": "p.yaml#/s"}}, "p.yaml": {"s": {"next": {"$ref": "openapi.yaml#/s"}}}}
    assert {"s": {"next": {"$ref": "#/s"}}} == join(tmp_path, files)


@pytest.mark.parametrize("name", ["example", "examples", "value", "default", "enum", "const"])
def test_properties_may_be_named_like_data(name: str, tmp_path: Path) -> None:
    """A property called `value` or `example` is a schema, so its reference is followed."""
    files = {
        "openapi.yaml": {"components": {"schemas": {"A": {"$ref": "p.yaml#/A"}, "B": {}}}},
        "p.yaml": {"A": {"properties": {name: {"$ref": "openapi.yaml#/components/schemas/B"}}}},
    }
    assert {"$ref": "#/components/schemas/B"} == join(tmp_path, files)["components"]["schemas"]["A"]["properties"][name]


def test_default_response_is_followed(tmp_path: Path) -> None:
    """`default` below `responses` is a response, not a default value."""
    components = {"responses": {"Error": {"description": "x"}}}
    part = {"a": {"get": {"responses": {"default": {"$ref": "openapi.yaml#/components/responses/Error"}}}}}
    files = {"openapi.yaml": {"paths": {"/a": {"$ref": "p.yaml#/a"}}, "components": components}, "p.yaml": part}
    actual = join(tmp_path, files)["paths"]["/a"]["get"]["responses"]
    assert {"default": {"$ref": "#/components/responses/Error"}} == actual


@pytest.mark.parametrize(
    "place",
    [
        ("components", "schemas", "A", "example"),
        ("components", "schemas", "A", "example", "deep", 0, "member"),
        ("components", "schemas", "A", "examples", 0),
        ("components", "schemas", "A", "default", "x"),
        ("components", "schemas", "A", "enum", 1),
        ("components", "schemas", "A", "properties", "example", "const"),
        ("paths", "/a", "get", "responses", "200", "content", "application/json", "examples", "one", "value", "items"),
        ("components", "examples", "one", "value"),
    ],
)
def test_data_is_data(place: tuple[str | int, ...]) -> None:
    """Inside examples, defaults and enums `$ref` is an ordinary member."""
    assert is_data(place) is True


@pytest.mark.parametrize(
    "place",
    [
        (),
        ("components", "schemas", "example"),
        ("components", "schemas", "A", "properties", "value", "items"),
        ("paths", "/a", "get", "responses", "default", "content"),
        ("paths", "/a", "get", "responses", "200", "content", "application/json", "examples", "one"),
        ("components", "examples", "value"),
        ("paths", "/a", "get", "parameters", 0, "schema"),
        ("components", "parameters", "example", "schema"),
    ],
)
def test_structure_is_not_data(place: tuple[str | int, ...]) -> None:
    """A name of our own that happens to be such a word does not hide references."""
    assert is_data(place) is False


def test_references_in_examples_stay(tmp_path: Path) -> None:
    """An example that shows a `$ref` keeps it, at any depth."""
    document = {"components": {"schemas": {"A": {"examples": [{"deep": {"$ref": "nowhere.yaml"}}]}}}}
    assert document == join(tmp_path, {"openapi.yaml": document})


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
