"""What the specs say of the certainty of an address reaches the call."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.common.names import known_id
from scripts.common.yaml_io import load_yaml

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(path.parent.name for path in ROOT.glob("specs/*/openapi.yaml"))


def descriptors(slug: str) -> Iterator[Any]:
    """Give the descriptor of every operation of a client."""
    package = importlib.import_module(f"{slug}_client.api")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        found = getattr(importlib.import_module(module.name), "OPERATION", None)
        if found is not None:
            yield found


@pytest.mark.parametrize("slug", SLUGS)
def test_inferred_addresses_are_known_to_the_client(slug: str) -> None:
    """Method and path that the effective spec grades as inferred are named so by the operation that is called, no others."""
    document = load_yaml(Vendor(slug, ROOT).generated / "openapi.yaml")
    graded = {
        known_id(operation): {
            part for part in ("method", "path") if operation.get("x-provenance", {}).get(part) == "inferred"
        }
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and known_id(operation)
    }
    told = {found.id: set(found.inferred.replace(" and ", " ").split()) - {"is", "are"} for found in descriptors(slug)}
    assert graded == told
