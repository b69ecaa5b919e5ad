"""What the generator would lose is found before it runs, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_python_client import strings

from scripts.common.names import class_name, module_name
from scripts.common.yaml_io import load_yaml
from scripts.spec.readiness import check_readiness

CASES: dict[str, Any] = load_yaml(Path(__file__).with_name("readiness_cases.yaml"))


def document(parts: dict[str, Any]) -> dict[str, Any]:
    """Complete the parts of a case to a document."""
    paths: dict[str, Any] = {}
    for path, item in parts.get("paths", {}).items():
        paths[path] = {}
        for key, value in item.items():
            defaults = {
                "operationId": f"{key}{path.title()}",
                "tags": ["t"],
                "responses": {"200": {"description": "ok"}},
            }
            merged = value if key == "parameters" else {**defaults, **value}
            paths[path][key] = (
                {k: v for k, v in merged.items() if v is not None} if isinstance(merged, dict) else merged
            )
    parameters = {
        name: {"name": name.lower(), "in": place, "schema": {}} for name, place in (("Id", "path"), ("Page", "query"))
    }
    return {
        "openapi": "3.1.0",
        "paths": paths,
        "components": {"schemas": parts.get("schemas", {}), "parameters": parameters},
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rule_finds(case: dict[str, Any]) -> None:
    """A document with exactly one fault has exactly one finding, at the right place."""
    assert [(case["rule"], case["place"])] == [
        (item.rule, item.place) for item in check_readiness(document(case["fails"]))
    ]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rule_passes(case: dict[str, Any]) -> None:
    """The nearest document without the fault has no finding at all."""
    assert [] == check_readiness(document(case["passes"]))


def test_every_rule_has_a_case() -> None:
    """Each rule the module can report has a failing and a passing document here."""
    source = Path(check_readiness.__code__.co_filename).read_text(encoding="utf-8")
    assert set(re.findall(r'Finding\(\s*"([a-z-]+)"', source)) == {case["rule"] for case in CASES.values()}


NAMES = st.text("aAbB1-_. [$é", max_size=10) | st.text(max_size=10)


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_names_of_modules_are_the_generators(name: str) -> None:
    """Names are compared as the generator writes modules and arguments, so what it merges is found."""
    assert strings.snake_case(name) == module_name(name)


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_names_of_classes_are_the_generators(name: str) -> None:
    """Schema names are compared as the generator writes classes."""
    assert strings.pascal_case(name) == class_name(name)
