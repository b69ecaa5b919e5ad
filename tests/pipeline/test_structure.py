"""Every structural fault is one line with its place; a valid document has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.common.yaml_io import load_yaml
from scripts.spec.structure import find_faults

CASES: dict[str, dict[str, Any]] = load_yaml(Path(__file__).with_name("structure_cases.yaml"))
SMALLEST = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {}}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_structure(case: dict[str, Any]) -> None:
    """Each fault is named at its place in one short line, and nothing else is; words of the library are not ours to fix."""
    faults = [str(fault) for fault in find_faults({**SMALLEST, **case["document"]})]
    assert [] == [fault for fault in faults if "\n" in fault or len(fault) > 500]
    if "words" in case:
        assert [] != [fault for fault in faults if case["words"] in fault]
    else:
        assert case["faults"] == faults
