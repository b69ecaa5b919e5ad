"""A fault of an effective spec is told with the file and line, or the overlay action, that states it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common.jsonpath import Place
from scripts.common.layout import Vendor
from scripts.common.yaml_io import dump_yaml
from scripts.spec.locate import show_faults
from scripts.spec.shapes import Fault

SOURCE = """\
openapi: 3.1.0
info: {title: A, version: '1'}
paths:
  /a:
    $ref: 'paths/a.yaml#/~1a'
components:
  schemas:
    Member:
      type: object
      properties:
        name: {type: strin}
        odd: {type: string}
"""
PART = "# A comment.\n/a:\n  get:\n    parameters:\n    - {name: x, in: query, schema: {type: integr}}\n    responses: {}\n"
ACTION = {"x-id": "A-01", "description": "Wrong before.", "x-evidence": "A page."}


@pytest.fixture
def split(tmp_path: Path) -> Vendor:
    """Write a source in two files, and an overlay."""
    vendor = Vendor("acme", tmp_path)
    (vendor.specs / "paths").mkdir(parents=True)
    vendor.source.write_text(SOURCE)
    (vendor.specs / "paths" / "a.yaml").write_text(PART)
    vendor.overlay_folder.mkdir(parents=True)
    actions: list[dict[str, Any]] = [
        {**ACTION, "target": "$.info", "update": {"summary": "s"}},
        {**ACTION, "target": "$.components.schemas.Member", "update": {"properties": {"odd": {"type": "numbr"}}}},
    ]
    overlay = {"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": actions}
    (vendor.overlay_folder / "10-types.yaml").write_text(dump_yaml(overlay))
    return vendor


MEMBER: Place = ("components", "schemas", "Member")
PLACES: list[tuple[Place, str]] = [
    ((), "specs/acme/openapi.yaml:1"),
    (("info", "title"), "specs/acme/openapi.yaml:2"),
    ((*MEMBER, "properties", "name", "type"), "specs/acme/openapi.yaml:11"),
    ((*MEMBER, "properties", "odd", "type"), "overlays/acme/10-types.yaml, action 2"),
    ((*MEMBER, "description"), "specs/acme/openapi.yaml:8"),
    (("paths", "/a", "get", "parameters", 0, "schema"), "specs/acme/paths/a.yaml:5"),
]


@pytest.mark.parametrize(("place", "expected"), PLACES)
def test_place(split: Vendor, place: Place, expected: str) -> None:
    """The deepest part of a place that is written somewhere is named; what an overlay wrote last is the overlay's."""
    (line,) = show_faults(split, [Fault(place, "wrong")])
    assert f"wrong ({expected})" == line.partition(": ")[2]
