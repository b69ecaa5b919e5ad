"""What the tests of the review share: one repository with seeded changes, made once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.review.repository import Repository, install_tools, make_acme
from tests.review.seeds import SEEDS, apply_seed


@dataclass(frozen=True)
class Seeded:
    """Hold the repository after the seeds, and what the review said."""

    repository: Repository
    base: str
    exit_code: int
    errors: str
    report: str
    data: dict[str, Any]

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """Return id → change."""
        return {change["id"]: change for vendor in self.data["vendors"] for change in vendor["changes"]}


def review(repository: Repository, *arguments: str) -> Seeded:
    """Run the review in a repository and read what it wrote."""
    done = repository.run("scripts.review", *arguments)
    folder = repository.folder / "build" / "review"
    assert (folder / "report.md").is_file(), done.stderr
    data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    report = (folder / "report.md").read_text(encoding="utf-8")
    return Seeded(repository, data["base"], done.returncode, done.stderr, report, data)


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    """Install what the review calls, before several workers need it at once."""
    install_tools()


@pytest.fixture(scope="session")
def base_repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return the invented vendor, regenerated and committed; whoever changes it clones it."""
    return make_acme(tmp_path_factory.mktemp("review") / "base")


@pytest.fixture(scope="session")
def seeded(base_repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Return the review of a branch with all seeds."""
    repository = clone(base_repository, tmp_path_factory.mktemp("review") / "seeded")
    repository.git("switch", "--quiet", "--create", "change")
    for seed in SEEDS:
        apply_seed(seed, repository)
    repository.must("scripts.regenerate")
    repository.commit("acme: many changes")
    yield review(repository)


def clone(repository: Repository, folder: Path) -> Repository:
    """Clone a repository with its installed tools."""
    repository.git("clone", "--quiet", "--no-hardlinks", str(repository.folder), str(folder))
    result = Repository(folder)
    result.git("remote", "remove", "origin")
    tools = repository.folder / "scripts" / "node" / "node_modules"
    if tools.exists():
        (folder / "scripts" / "node" / "node_modules").symlink_to(tools.resolve(), target_is_directory=True)
        result.append(".git/info/exclude", "scripts/node/node_modules\n")
    return result
