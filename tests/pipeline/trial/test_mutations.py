"""Documents spoilt by chance: each ends as a client that is right or as a line that says what is wrong, and nothing is left behind.

`TRY_MUTATIONS=1000 TRY_SEEDS=FOLDER pytest tests/pipeline/trial/test_mutations.py` runs more of them, from the documents of a folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.pipeline.trial.mutations import spoilt
from tests.pipeline.trial.test_fleet import SHOP, run

NUMBER = int(os.environ.get("TRY_MUTATIONS", "16"))
SECONDS = 60


@pytest.fixture
def seeds() -> list[Path]:
    """List the documents to spoil."""
    folder = os.environ.get("TRY_SEEDS")
    if folder:
        return sorted(path for path in Path(folder).iterdir() if path.suffix in (".yaml", ".json"))
    return [SHOP, Path(__file__).parents[1] / "tiny" / "specs" / "acme" / "openapi.yaml"]


def test_spoilt_documents(seeds: list[Path], tmp_path: Path) -> None:
    """No traceback, no hang, no wrong call; no folder and no process stays."""
    work = tmp_path / "work"
    work.mkdir()
    names = []
    for number in range(NUMBER):
        name, content = spoilt(seeds, number)
        (tmp_path / name).write_bytes(content)
        names.append(str(tmp_path / name))
    done = run("--json", "--seconds", str(SECONDS), *names, seconds=NUMBER * 5 + 300, TMPDIR=str(work))
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert NUMBER == len(verdicts), done.stderr
    assert [] == [
        item for item in verdicts if item["outcome"] not in ("works", "refused") or item["seconds"] >= SECONDS
    ]
    assert all(item["line"] for item in verdicts if item["outcome"] == "refused")
    assert "Traceback" not in done.stderr
    assert [] == list(work.iterdir())
    assert [] == _running(str(work))


def _running(word: str) -> list[str]:
    """List the processes whose environment names a folder; empty where the system does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word in path.read_text(encoding="utf-8", errors="replace"):
                found.append(path.parent.name)
        except OSError:
            continue
    return found
