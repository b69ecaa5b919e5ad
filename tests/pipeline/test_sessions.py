"""The sessions of noxfile.py: what they refuse, and which of them the pages and workflows name."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common.layout import ROOT, find_vendors

PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "changes" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    ROOT / ".ci" / "run",
    ROOT / ".pre-commit-config.yaml",
]


def nox(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a session with the packages that are installed already."""
    environment = {**os.environ, "LOYALTY_PYTHON": sys.executable}
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"), *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def sessions() -> set[str]:
    """Return the names of the sessions, read from noxfile.py."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    decorated = {node.name: [ast.unparse(item) for item in node.decorator_list] for node in functions}
    # `try` is a word of Python, so its function ends with an underscore.
    return {name.rstrip("_") for name, words in decorated.items() if words and words[0].startswith("nox.session")}


def test_tests_of_something_unknown() -> None:
    """A wrong name is answered with the vendors and folders there are."""
    done = nox("-s", "tests", "--", "nosuch")
    assert 1 == done.returncode
    assert "'nosuch' is neither a vendor nor a path." in done.stderr
    assert ", ".join(vendor.slug for vendor in find_vendors()) in done.stderr
    assert "tests/runtime" in done.stderr


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_named_sessions_exist(path: Path) -> None:
    """Every session that a page, a workflow or a hook names is there."""
    named = re.findall(r"(?:\bnox|noxfile\.py) -s ((?:[a-z_]+ ?)+)", path.read_text(encoding="utf-8"))
    assert set() == {name for words in named for name in words.split()} - sessions()
