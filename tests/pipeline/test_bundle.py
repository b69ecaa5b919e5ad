"""A spec in several files becomes one document, and every reference that cannot hold is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
