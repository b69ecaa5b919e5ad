"""Accepted breaks, the version rule, fragments, and the changelog made of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError
from scripts.review.accepted import Accepted, read_accepted, write_entry
from scripts.review.changelog import next_version, read_fragments
from scripts.review.model import Change, Impact, Layer, Review, VendorReview
from scripts.review.verdict import judge


def change(
    impact: Impact = Impact.MAJOR, *, layer: Layer = "spec", detail: str = "", editorial: bool = False
) -> Change:
    """Return a change of an invented member."""
    return Change(
        vendor="acme",
        layer=layer,
        rule="property-removed",
        subject="Member.points",
        message="`Member.points` was removed.",
        impact=impact,
        detail=detail,
        editorial=editorial,
    )


@pytest.mark.parametrize(
    ("version", "impact", "expected"),
    [
        ("0.1.0", Impact.NONE, "0.1.0"),
        ("0.1.0", Impact.PATCH, "0.1.1"),
        ("0.1.0", Impact.MINOR, "0.1.1"),
        ("0.1.4", Impact.MAJOR, "0.2.0"),
        ("1.2.3", Impact.PATCH, "1.2.4"),
        ("1.2.3", Impact.MINOR, "1.3.0"),
        ("1.2.3", Impact.MAJOR, "2.0.0"),
    ],
)
def test_the_next_version(version: str, impact: Impact, expected: str) -> None:
    """Before 1.0 a break moves the middle number; after it, the first."""
    assert expected == str(next_version(Version(version), impact))


def test_ids_are_short_and_hold_no_spaces() -> None:
    """A long detail becomes a digest, so that an id stays one word."""
    long = change(detail="a long value " * 20).id
    assert long.startswith("acme/spec/property-removed/Member.points:")
    assert (True, False) == (len(long) < 80, " " in long)


def write(root: Path, name: str, text: str) -> Path:
    """Write a file below `changes/` and return the repository."""
    (root / "changes").mkdir(parents=True, exist_ok=True)
    (root / "changes" / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\n", "Expected `array`, got `object`"),
        ("- {reason: r, version: 0.2.0}\n", "missing required field `id`"),
        ("- {id: [], reason: r, version: 0.2.0}\n", "length >= 1"),
        ("- {id: a, version: 0.2.0}\n", "missing required field `reason`"),
        ("- {id: a, reason: '…', version: 0.2.0}\n", r"\$\[0\]\.reason"),
        ("- {id: a, reason: r, version: next}\n", r"\$\[0\]\.version"),
        ("- {id: a, reason: r, version: 0.2.0, by: me}\n", "unknown field `by`"),
    ],
)
def test_a_malformed_entry_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    """Every entry needs id, reason and version; the message says which is missing."""
    with pytest.raises(PipelineError, match=rf"accepted-breaks\.yaml: .*{expected}"):
        read_accepted(write(tmp_path, "accepted-breaks.yaml", text))


def test_a_printed_entry_can_be_pasted(tmp_path: Path) -> None:
    """One entry accepts one break, or several of one cause; the file keeps its comments and entries."""
    version = Version("0.2.0")
    text = "# Why.\n" + write_entry(["b's"], "r", version) + write_entry(["a:x|y->'z'", "c"], "own\nwords", version)
    write(tmp_path, "accepted-breaks.yaml", text)
    expected = {"b's": "r", "a:x|y->'z'": "own words", "c": "own words"}
    assert [Accepted(*item, version) for item in expected.items()] == read_accepted(tmp_path)


def project(folder: Path) -> Path:
    """Write a repository with a version."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n', encoding="utf-8")
    return folder


ENTRY = '- id: "acme/spec/property-removed/Member.points{}"\n  reason: r\n  version: {}\n'
SMALL = "changes/accepted-breaks.yaml: acme/spec/property-removed/Member.points is accepted for 0.1.1, but a break needs 0.2.0."
LACKING = "changes: users notice this change ({}); fragments of it: {}. changes/README.md says which is needed."
FIRST = "acme/spec/property-removed/Member.points"


@pytest.mark.parametrize(
    ("what", "accepted", "fragment", "expected"),
    [
        (change(), ENTRY.format("", "0.2.0"), "x.breaking.md", []),
        (change(), ENTRY.format("", "0.1.1"), "x.breaking.md", [SMALL]),
        (change(), ENTRY.format("", "0.1.0"), "x.breaking.md", [FIRST]),
        (change(detail="a->c"), ENTRY.format(":a->b", "0.2.0"), "x.breaking.md", [f"{FIRST}:a->c"]),
        (change(), ENTRY.format("", "0.2.0").replace("Member", "*"), "x.breaking.md", []),
        (change(), ENTRY.format("", "0.2.0").replace("acme", "*").replace("points", "name"), "x.breaking.md", [FIRST]),
        (change(), "", "x.breaking.md", [FIRST]),
        (change(Impact.MINOR), "", "x.changed.md", [LACKING.format("minor", "x.changed.md")]),
        (change(Impact.MINOR), "", "x.breaking.md", []),
        (change(Impact.PATCH), "", "README.md", [LACKING.format("patch", "none")]),
        (change(Impact.PATCH, editorial=True), "", "README.md", []),
        (change(Impact.PATCH, layer="overlay"), "", "README.md", []),
    ],
)
def test_what_lets_a_review_pass(
    what: Change, accepted: str, fragment: str, expected: list[str], tmp_path: Path
) -> None:
    """A break needs an entry for an unreleased version that may break; what users notice needs a fragment that is large enough."""
    base, root = project(tmp_path / "base"), project(tmp_path / "root")
    write(write(root, "accepted-breaks.yaml", accepted), fragment, "- acme: something.\n")
    verdict = judge(Review(vendors=[VendorReview(vendor="acme", changes=[what])]), base=base, root=root)
    assert expected == [*verdict.problems, *(item.id for item in verdict.unaccepted)]


@pytest.mark.parametrize(("name", "text"), [("x.md", "- x\n"), ("x.huge.md", "- x\n"), ("x.added.md", "\n")])
def test_a_malformed_fragment_is_refused(name: str, text: str, tmp_path: Path) -> None:
    """The name of a fragment says its kind, and it says something."""
    with pytest.raises(PipelineError, match=rf"changes/{name}: it is no fragment\. Name it"):
        read_fragments(write(tmp_path, name, text))


def test_a_release_writes_everything_once(tmp_path: Path) -> None:
    """A draft writes nothing; a release writes changelog and versions, breaks first, and removes the fragments."""
    for name in ("pyproject.toml", "CHANGELOG.md", "runtime/loyalty_runtime/_version.py", "changes/template.jinja"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    write(write(tmp_path, "tags.added.md", "- acme: tags.\n"), "tags.breaking.md", "- acme: no points.\n- acme: b.\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "scripts.review.changelog", "--root", str(tmp_path)]

    def changelog(*arguments: str) -> str:
        done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    version = next_version(Version(read_version(tmp_path / "pyproject.toml")), Impact.MAJOR)
    section = "\n### Breaking\n\n- acme: no points.\n- acme: b.\n\n### Added\n\n- acme: tags.\n"
    assert section in changelog("--draft")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    changelog()
    text = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert section in text[text.index(f"## {version} (") : text.index("## 0.1.0 (")]
    assert [str(version)] * 2 == [
        read_version(tmp_path / name) for name in ("pyproject.toml", "runtime/loyalty_runtime/_version.py")
    ]
    assert {} == read_fragments(tmp_path)
    assert "error: changes: there is no fragment." in changelog()


def read_version(path: Path) -> str:
    """Return the version a file states."""
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if "version" in line and " = " in line)
    return line.partition('"')[2].rstrip('"')
