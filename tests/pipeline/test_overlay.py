"""The overlay applier against golden triples: input, overlay, and the output or the error."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import Any

import pytest

from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.spec.overlay import Applied, apply_overlay, load_actions, read_overlays

CASES = Path(__file__).parent / "overlay_cases"
DEFAULTS = {"x-id": "Z-01", "x-evidence": "a case", "description": "A case."}


def read_cases() -> list[Any]:
    """List every case of every file as a parameter set."""
    return [
        pytest.param(case, id=f"{path.stem}: {name}")
        for path in sorted(CASES.glob("*.yaml"))
        for name, case in load_yaml(path, name=path.name).items()
    ]


def apply_case(case: dict[str, Any], folder: Path, document: Any) -> tuple[Any, list[Applied]]:
    """Write the overlay of a case to a file, read it as the pipeline does, and apply it."""
    overlay = case.get("overlay")
    if overlay is None:
        actions = [{**DEFAULTS, **action} for action in case["actions"]]
        overlay = {"overlay": "1.1.0", "info": {"title": "Case", "version": "1"}, "actions": actions}
    path = folder / "10-case.yaml"
    path.write_text(dump_yaml(overlay), encoding="utf-8")
    return apply_overlay(document, load_actions(path, name=case.get("file", path.name)))


@pytest.mark.parametrize("case", read_cases())
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    """Each case keeps the promise it states: the exact output with its order, or the exact error in one line."""
    source = copy.deepcopy(case["input"])
    if "output" in case:
        assert dump_yaml(case["output"]) == dump_yaml(apply_case(case, tmp_path, source)[0])
    else:
        with pytest.raises(PipelineError) as caught:
            apply_case(case, tmp_path, source)
        expected, actual = case["error"], str(caught.value)
        # An error that ends in a blank is a beginning: what follows are words of a library.
        assert expected == (actual[: len(expected)] if expected.endswith(" ") else actual)
        assert "\n" not in actual


@pytest.mark.parametrize("case", read_cases())
def test_source_is_left_alone(case: dict[str, Any], tmp_path: Path) -> None:
    """Applying an overlay, well or not, never changes the document it was given."""
    source = copy.deepcopy(case["input"])
    with contextlib.suppress(PipelineError):
        apply_case(case, tmp_path, source)
    assert case["input"] == source


def test_anchors_in_an_overlay_file_are_copies(tmp_path: Path) -> None:
    """An alias in the file of an overlay is a copy, so that a later action reaches one place only."""
    path = tmp_path / "10-anchors.yaml"
    head = "overlay: 1.1.0\ninfo: {title: Case, version: '1'}\nactions:\n"
    common = "x-id: Z-01, x-evidence: e, description: d"
    path.write_text(
        head
        + f"- {{target: $, {common}, update: {{x: &p {{k: 1}}, y: *p}}}}\n- {{target: $.x, {common}, update: {{k: 2}}}}\n"
    )
    assert {"x": {"k": 2}, "y": {"k": 1}} == apply_overlay({}, load_actions(path, name=path.name))[0]


def test_files_apply_in_their_order(tmp_path: Path) -> None:
    """Actions of several files follow the order of the files, and each knows its file and its number there."""
    paths = [tmp_path / "20-second.yaml", tmp_path / "10-first.yaml"]
    for path in paths:
        action = {**DEFAULTS, "target": "$.a", "update": path.stem}
        path.write_text(dump_yaml({"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": [action]}))
    actions = list(read_overlays(paths, [path.name for path in paths]))
    assert [("20-second.yaml", 1), ("10-first.yaml", 1)] == [(action.file, action.number) for action in actions]
