"""A spec in several files becomes one document, and every reference that cannot hold is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import is_data, resolve, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.spec.bundle import bundle

ROOT_NAME = "specs/acme/openapi.yaml"
CASES: dict[str, dict[str, Any]] = load_yaml(Path(__file__).with_name("bundle_cases.yaml"))


def join(folder: Path, files: dict[str, Any]) -> Any:
    """Write files below a folder of their own and bundle them."""
    spec = folder / "spec"
    for name, content in files.items():
        path = spec / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else dump_yaml(content), encoding="utf-8")
    return bundle(spec / "openapi.yaml", name=ROOT_NAME)


@pytest.mark.parametrize("case", [case for case in CASES.values() if "document" in case])
def test_files_become_one_document(case: dict[str, Any], tmp_path: Path) -> None:
    """Parts stand where they are referred to; what refers to the root is a local reference; the vendor's data stay."""
    assert case["document"] == join(tmp_path, case["files"])


@pytest.mark.parametrize("case", [case for case in CASES.values() if "message" in case])
def test_refusals(case: dict[str, Any], tmp_path: Path) -> None:
    """Each reference that cannot hold is refused with file, place and what to do."""
    with pytest.raises(PipelineError) as caught:
        join(tmp_path, case["files"])
    assert case["message"] == str(caught.value)


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
