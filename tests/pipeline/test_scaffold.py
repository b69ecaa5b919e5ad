"""The scaffold of a new vendor: what it writes, what it refuses, and that it writes nothing then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.common.layout import ROOT, Vendor
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.scaffold.__main__ import main
from scripts.spec.provenance import check_hashes, read_provenance
from scripts.spec.structure import find_faults
from tests.pipeline.conftest import contents

ADDRESSES = ("--documentation", "https://developer.acme.example/", "--server", "https://api.acme.example")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with the settings and evidence of this one, and no vendor."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(ROOT / "docs" / "evidence", tmp_path / "docs" / "evidence")
    return tmp_path


def scaffold(root: Path, *arguments: str) -> int:
    """Run the command on a repository."""
    return main([*arguments, "--root", str(root)])


def test_what_is_written_is_true(root: Path) -> None:
    """Nothing but the vendor's own files and the settings changes; the record can be read, the spec has no fault, and its numbers cannot be mistaken for those of another vendor."""
    before = contents(root)
    assert 0 == scaffold(root, "acme_points", *ADDRESSES, "--title", 'The "Acme" API')
    vendor, after = Vendor("acme_points", root), contents(root)
    assert ["pyproject.toml"] == [name for name in before if before[name] != after[name]]
    assert [] == [name for name in after.keys() - before.keys() if "acme_points" not in name]
    assert ('The "Acme" API', "hand-written") == (read_provenance(vendor).title, read_provenance(vendor).kind)
    assert ([], []) == (check_hashes(vendor), find_faults(load_yaml(vendor.source)))
    letter = vendor.evidence.read_text(encoding="utf-8").partition("-01` upwards")[0][-1]
    assert f"**{letter}-0".encode() not in b"".join(before.values())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("Acme", *ADDRESSES), "'Acme' cannot be a slug"),
        (("acme-points", *ADDRESSES), "cannot be a slug"),
        (("../acme", *ADDRESSES), "cannot be a slug"),
        (("class", *ADDRESSES), "cannot be a slug"),
        (("stampede", *ADDRESSES), "docs/evidence/stampede.md exists"),
        (("acme", "--documentation", "http://a.example", "--server", "https://a.example"), "is no https address"),
        (("acme", "--documentation", "https://a.example", "--server", "a.example"), "is no https address"),
        (("acme", *ADDRESSES, "--class-name", "acme"), "'acme' cannot be a class"),
    ],
)
def test_what_it_refuses(arguments: tuple[str, ...], expected: str, root: Path) -> None:
    """A wrong name, a taken one or an incomplete address ends with one line, and nothing is written."""
    before = contents(root)
    with pytest.raises(PipelineError, match=expected):
        scaffold(root, *arguments)
    assert before == contents(root)


def test_a_strange_pyproject_is_left_alone(root: Path) -> None:
    """Where a list is missing, the command says which, and writes nothing."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8").replace("extraPaths", "otherPaths")
    (root / "pyproject.toml").write_text(text, encoding="utf-8")
    before = contents(root)
    with pytest.raises(PipelineError, match=r"there is no list tool\.pyright\.extraPaths"):
        scaffold(root, "acme", *ADDRESSES)
    assert before == contents(root)
