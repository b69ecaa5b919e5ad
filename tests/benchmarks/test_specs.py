"""The synthetic spec, the bodies, and what is declared for each environment."""

from __future__ import annotations

import json
import tomllib

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from benchmarks.layout import LOCKS, ROOT
from benchmarks.payloads import UNKNOWN_EVERY, guest_page
from benchmarks.peers import LOCKS as LOCK_NAMES
from benchmarks.specs import synthetic_spec
from scripts.common.document import operations
from scripts.common.yaml_io import load_yaml
from scripts.generate.derive import find_refusals


@pytest.mark.parametrize("count", [5, 50])
def test_synthetic_spec_has_as_many_operations_as_asked(count: int) -> None:
    """The document is valid, fit for generation, and has six schemas for every five operations and one for all."""
    document = synthetic_spec(count)
    assert [] == list(OpenAPIV31SpecValidator(document).iter_errors())
    assert [] == find_refusals(document).refusals
    assert (count, count // 5 * 6 + 1) == (len(operations(document)), len(document["components"]["schemas"]))


def test_page_is_what_the_spec_describes() -> None:
    """Each guest has the required members of the effective spec, and every tenth has unknown ones."""
    schemas = load_yaml(ROOT / "generated" / "stampede" / "openapi.yaml")["components"]["schemas"]
    guests = json.loads(guest_page(100))["data"]
    for number, guest in enumerate(guests):
        unknown = set(guest) - set(schemas["Guest"]["properties"])
        assert set(schemas["Guest"]["required"]) <= set(guest)
        assert ({"wallet_pass"} if number % UNKNOWN_EVERY == 0 else set()) == unknown
    assert 100 == len({guest["id"] for guest in guests})


def test_our_environment_has_what_the_project_declares() -> None:
    """Nothing more and nothing less than the dependencies of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (LOCKS / "ours.in").read_text(encoding="utf-8").splitlines()
    assert sorted(project["dependencies"]) == sorted(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("name", [*LOCK_NAMES.values(), "generators", "generators-java"])
def test_locks_pin_exactly_with_hashes_and_without_addresses(name: str) -> None:
    """Every environment of a peer is the same on every machine."""
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert len(packages) <= text.count("--hash=sha256:")
    assert "://" not in text
