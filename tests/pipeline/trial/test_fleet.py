"""`nox -s try`: one process a document, bounded; what it prints and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common.layout import ROOT
from scripts.trial.fleet import judge_each
from scripts.trial.verdict import Verdict

SHOP = Path(__file__).with_name("shop.yaml")


def run(*arguments: str, seconds: int = 300, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as nox does."""
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "runtime")))
    return subprocess.run(
        [sys.executable, "-m", "scripts.trial", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Try a document that works, one that is none, and one that is not there."""
    broken = tmp_path_factory.mktemp("documents") / "broken.json"
    broken.write_text("[1, 2]", encoding="utf-8")
    return run("--json", str(SHOP), str(broken), str(broken.with_name("nowhere.yaml")))


def test_one_line_of_json_a_document(tried: subprocess.CompletedProcess[str]) -> None:
    """In the order given, with counts; the exit code says that not all work."""
    lines = [json.loads(line) for line in tried.stdout.splitlines()]
    assert (1, ["works", "refused", "refused"]) == (tried.returncode, [line["outcome"] for line in lines])
    assert {"operations": 3, "called": 3, "conform": 3, "adaptations": 1, "line": ""} == {
        key: lines[0][key] for key in ("operations", "called", "conform", "adaptations", "line")
    }
    fields = {"document", "outcome", "operations", "called", "conform", "adaptations", "line", "seconds"}
    assert [fields] * 3 == [set(line) for line in lines]


def test_a_refusal_is_one_line(tried: subprocess.CompletedProcess[str]) -> None:
    """What was found, where, what to do next; no traceback."""
    said = [json.loads(line)["line"] for line in tried.stdout.splitlines()[1:]]
    assert ["broken.json: the document is not a mapping" in said[0], "nowhere.yaml: No such file" in said[1]] == [
        True
    ] * 2
    assert "Traceback" not in tried.stderr


def test_nothing_is_written(tmp_path: Path) -> None:
    """No folder of a trial is left behind."""
    assert 0 == run("--json", str(SHOP), TMPDIR=str(tmp_path)).returncode
    assert [] == list(tmp_path.glob("try-*"))


def test_time_is_bounded() -> None:
    """A document that takes longer than it may is ended and refused; the others go on."""
    verdicts = list(judge_each([str(SHOP)], jobs=1, seconds=0.05))
    assert [("refused", True)] == [(item.outcome, "not done after" in item.line) for item in verdicts]


def test_a_process_that_dies_is_a_verdict() -> None:
    """Its document crashed; the others are judged."""
    verdicts: list[Verdict] = list(judge_each([str(SHOP), str(SHOP)], jobs=2, gibibytes=0))
    assert [True, True] == [item.outcome in ("refused", "crashed") and bool(item.line) for item in verdicts]
