"""The scaffold of a new vendor: what it writes, what it refuses, and that it writes nothing then."""

from __future__ import annotations

import shutil
import tomllib
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


def test_it_makes_a_vendor(root: Path) -> None:
    """Spec, record, ledger, evidence and a client table are there, and nothing else is new."""
    before = contents(root)
    assert 0 == scaffold(root, "acme_points", *ADDRESSES)
    expected = {
        "docs/evidence/acme_points.md",
        "overlays/acme_points/ledger.yaml",
        "specs/acme_points/openapi.yaml",
        "specs/acme_points/provenance.toml",
        "tests/fixtures/acme_points/operations.yaml",
    }
    after = contents(root)
    assert expected == after.keys() - before.keys()
    assert ["pyproject.toml"] == [name for name in before if before[name] != after[name]]


def test_what_is_written_is_true(root: Path) -> None:
    """The record can be read, the spec has no fault, and the client table names the client and no operation."""
    scaffold(root, "acme_points", *ADDRESSES, "--title", 'The "Acme" API')
    vendor = Vendor("acme_points", root)
    assert ('The "Acme" API', "hand-written") == (read_provenance(vendor).title, read_provenance(vendor).kind)
    assert [] == check_hashes(vendor)
    spec, table = load_yaml(vendor.source), load_yaml(root / "tests/fixtures/acme_points/operations.yaml")
    assert ([], 'The "Acme" API') == (find_faults(spec), spec["info"]["title"])
    assert ("AcmePoints", {}) == (table["client"], table["operations"])


def test_every_list_of_packages_grows(root: Path) -> None:
    """Wheel, editable install, mypy and pyright know the new packages, and keep the old ones."""
    before = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    scaffold(root, "acme", *ADDRESSES)
    after = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packages = ["generated/acme/acme_client", "generated/acme/acme_models"]
    assert (
        before["hatch"]["build"]["targets"]["wheel"]["packages"] + packages
        == after["hatch"]["build"]["targets"]["wheel"]["packages"]
    )
    assert before["hatch"]["build"]["dev-mode-dirs"] + ["generated/acme"] == after["hatch"]["build"]["dev-mode-dirs"]
    assert before["mypy"]["mypy_path"] + ["generated/acme"] == after["mypy"]["mypy_path"]
    assert before["pyright"]["extraPaths"] + ["generated/acme"] == after["pyright"]["extraPaths"]


def test_the_letter_is_free(root: Path) -> None:
    """Numbers of a new vendor cannot be mistaken for those of another."""
    before = "".join(path.read_text(encoding="utf-8") for path in (root / "docs/evidence").glob("*.md"))
    scaffold(root, "acme", *ADDRESSES)
    text = (root / "docs/evidence/acme.md").read_text(encoding="utf-8")
    assert f"**{text.partition('-01` upwards')[0][-1]}-0" not in before


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
