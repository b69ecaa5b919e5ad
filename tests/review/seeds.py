"""The changes of `seeds.yaml`, and how one is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripts.common.yaml_io import load_yaml
from tests.review.repository import Repository

SEEDS: list[dict[str, Any]] = load_yaml(Path(__file__).with_name("seeds.yaml"))


def apply_seed(seed: dict[str, Any], repository: Repository) -> None:
    """Make the edits of one seed: a text replaced once or everywhere, or one added at the end of a file that may be new."""
    for edit in seed["edits"]:
        if "old" not in edit:
            repository.append(edit["file"], edit["new"])
        elif edit.get("everywhere"):
            path = repository.folder / edit["file"]
            text = path.read_text(encoding="utf-8")
            assert edit["old"] in text
            path.write_text(text.replace(edit["old"], edit["new"]), encoding="utf-8")
        else:
            repository.edit(edit["file"], edit["old"], edit["new"])
