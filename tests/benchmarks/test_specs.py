"""The synthetic spec, the bodies, and what is declared for each environment."""

from __future__ import annotations

import tomllib

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from benchmarks.layout import LOCKS, ROOT
from benchmarks.specs import synthetic_spec
from scripts.common.document import operations
from scripts.generate.derive import find_refusals


@pytest.mark.parametrize("count", [5, 50])
def test_synthetic_spec_has_as_many_operations_as_asked(count: int) -> None:
    """The document is valid, fit for generation, and has six schemas for every five operations and one for all."""
    document = synthetic_spec(count)
    assert [] == list(OpenAPIV31SpecValidator(document).iter_errors())
    assert [] == find_refusals(document).refusals
    assert (count, count // 5 * 6 + 1) == (len(operations(document)), len(document["components"]["schemas"]))


def test_our_environment_has_what_the_project_declares() -> None:
    """Nothing more and nothing less than the dependencies of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (LOCKS / "ours.in").read_text(encoding="utf-8").splitlines()
    assert sorted(project["dependencies"]) == sorted(line for line in lines if not line.startswith("#"))
