"""Accepted breaks, the version rule, fragments, and the changelog made of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scripts.common.problems import PipelineError
from scripts.review.accepted import Accepted, accept, read_accepted, split_breaks
from scripts.review.changelog import assemble, insert, release, set_version
from scripts.review.fragments import Fragment, parse_fragment, propose, read_fragments
from scripts.review.model import Change, Impact, Layer, Review, VendorReview
from scripts.review.verdict import check_fragments, judge
from scripts.review.versioning import Version


def change(
    rule: str = "property-removed",
    *,
    impact: Impact = Impact.MAJOR,
    layer: Layer = "spec",
    detail: str = "",
    editorial: bool = False,
) -> Change:
    """Return a change of an invented member."""
    return Change(
        vendor="acme",
        layer=layer,
        rule=rule,
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
    assert expected == str(Version.parse(version, where="x").after(impact))


@pytest.mark.parametrize("text", ["1.2", "v1.2.3", "1.2.3rc1", "01.2.3", ""])
def test_only_three_numbers_are_a_version(text: str) -> None:
    """Anything else is refused with one line."""
    with pytest.raises(PipelineError, match="is not a version"):
        Version.parse(text, where="x")


def test_ids_are_short_and_hold_no_spaces() -> None:
    """A long detail becomes a digest, so that an id stays one word."""
    long = change(detail="a long value " * 20).id
    assert long.startswith("acme/spec/property-removed/Member.points:")
    assert (True, False) == (len(long) < 80, " " in long)


def write_accepted(root: Path, text: str) -> Path:
    """Write the file of accepted breaks."""
    (root / "changes").mkdir(exist_ok=True)
    (root / "changes/accepted-breaks.yaml").write_text(text, encoding="utf-8")
    return root


def test_one_entry_may_accept_several_ids(tmp_path: Path) -> None:
    """A cause that breaks the wire and the Python API is one entry."""
    write_accepted(tmp_path, "- id: [a, b]\n  reason: The vendor\n    removed it.\n  version: 0.2.0\n")
    assert [("a", "The vendor removed it."), ("b", "The vendor removed it.")] == [
        (e.id, e.reason) for e in read_accepted(tmp_path)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\n", "it is not a list"),
        ("- a\n", "it is not a mapping"),
        ("- {reason: r, version: 0.2.0}\n", "it has no id"),
        ("- {id: [], reason: r, version: 0.2.0}\n", "it has no id"),
        ("- {id: [a, ''], reason: r, version: 0.2.0}\n", "it has no id"),
        ("- {id: a, version: 0.2.0}\n", "it has no reason"),
        ("- {id: a, reason: ' ', version: 0.2.0}\n", "it has no reason"),
        ("- {id: a, reason: '…', version: 0.2.0}\n", "it has no reason"),
        ("- {id: a, reason: r}\n", "is not a version"),
        ("- {id: a, reason: r, version: 0.2.0, by: me}\n", "unknown member 'by'"),
        ("- {id: a, reason: r, version: 0.2.0}\n- {id: a, reason: r, version: 0.2.0}\n", "accepted twice"),
    ],
)
def test_a_malformed_entry_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    """Every entry needs id, reason and version; the message says which is missing."""
    with pytest.raises(PipelineError, match=expected):
        read_accepted(write_accepted(tmp_path, text))


@pytest.mark.parametrize("text", ["", "# Why.\n", "# Why.\n[]\n", "- id: 'b''s'\n  reason: r\n  version: 0.2.0"])
def test_an_entry_can_be_added_to_any_file(text: str, tmp_path: Path) -> None:
    """Whatever the file holds, it is valid after an acceptance, and keeps its comments and entries."""
    before = read_accepted(write_accepted(tmp_path, text))
    accept(tmp_path, ["a:x|y->'z'", "c"], "The vendor's\nown words.", Version(0, 2, 0))
    added = [Accepted(name, "The vendor's own words.", Version(0, 2, 0)) for name in ("a:x|y->'z'", "c")]
    assert [*before, *added] == read_accepted(tmp_path)
    assert (tmp_path / "changes/accepted-breaks.yaml").read_text(encoding="utf-8").startswith(text.replace("[]\n", ""))


@pytest.mark.parametrize(
    ("detail", "released", "left"),
    [("a->b", Version(0, 1, 0), 0), ("a->b", Version(0, 2, 0), 1), ("a->c", Version(0, 1, 0), 1)],
    ids=["the same", "made again after the release", "another value"],
)
def test_an_entry_accepts_one_change_until_its_version(detail: str, released: Version, left: int) -> None:
    """Another value at the same place, or the same break after the release, needs a new entry."""
    entry = Accepted(change("schema-type-changed", detail="a->b").id, "r", Version(0, 2, 0))
    found = change("schema-type-changed", detail=detail)
    assert left == len(split_breaks([found], [entry], released=released)[1])


def fragment(bump: Impact) -> Fragment:
    """Return a fragment of one entry."""
    return Fragment("guest-tags", bump, {"acme": ["- wire: something."]})


@pytest.mark.parametrize(
    ("needed", "fragments", "expected"),
    [
        (Impact.NONE, [], 0),
        (Impact.PATCH, [], 1),
        (Impact.MINOR, [fragment(Impact.PATCH)], 1),
        (Impact.MAJOR, [fragment(Impact.MINOR)], 1),
        (Impact.MAJOR, [fragment(Impact.PATCH), fragment(Impact.MAJOR)], 0),
        (Impact.PATCH, [fragment(Impact.MINOR)], 0),
    ],
)
def test_the_fragment_must_be_large_enough(needed: Impact, fragments: list[Fragment], expected: int) -> None:
    """What users notice needs a fragment, and its bump is at least what the changes need."""
    assert expected == len(check_fragments(needed, fragments))


def project(folder: Path, *, version: str = "0.1.0") -> Path:
    """Write a repository with a version and a changelog."""
    (folder / "changes").mkdir(parents=True)
    (folder / "runtime/loyalty_runtime").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "{version}"\n[tool.x]\ntarget-version = "py311"\n', encoding="utf-8"
    )
    (folder / "runtime/loyalty_runtime/_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(
        "# Changelog\n\nWords.\n\n## 0.1.0 (2026-11-21)\n\n### acme\n\n- First.\n", encoding="utf-8"
    )
    return folder


def judged(tmp_path: Path, *changes: Change, accepted: str = "", fragment: str = "") -> list[str]:
    """Return the problems and unaccepted ids of a review."""
    base, root = project(tmp_path / "base"), project(tmp_path / "root")
    if accepted:
        write_accepted(root, accepted)
    if fragment:
        (root / "changes/guest-tags.md").write_text(fragment, encoding="utf-8")
    verdict = judge(Review(vendors=[VendorReview(vendor="acme", changes=list(changes))]), base=base, root=root)
    return [*verdict.problems, *(item.id for item in verdict.unaccepted)]


ENTRY = "- id: acme/spec/property-removed/Member.points\n  reason: r\n  version: {}\n"
FRAGMENT = "bump: {}\n\n## acme\n\n- wire: `Member.points` was removed.\n"


REWORDED = change("description-changed", impact=Impact.PATCH, editorial=True)
SMALL = "changes/accepted-breaks.yaml: acme/spec/property-removed/Member.points is accepted for 0.1.1, but a break needs 0.2.0."


@pytest.mark.parametrize(
    ("what", "accepted", "fragment", "expected"),
    [
        (change(), ENTRY.format("0.2.0"), FRAGMENT.format("major"), []),
        (change(), ENTRY.format("0.1.1"), FRAGMENT.format("major"), [SMALL]),
        (change(), "", FRAGMENT.format("major"), [change().id]),
        (REWORDED, "", "", []),
    ],
    ids=["accepted, with a fragment", "accepted for a small version", "not accepted", "only wording"],
)
def test_what_lets_a_review_pass(
    what: Change, accepted: str, fragment: str, expected: list[str], tmp_path: Path
) -> None:
    """A break needs an entry for a version that may break, and a fragment; wording needs neither."""
    assert expected == judged(tmp_path, what, accepted=accepted, fragment=fragment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## acme\n- x\n", "it does not start with its bump"),
        ("bump: huge\n## acme\n- x\n", "it does not start with its bump"),
        ("bump: minor\n- x\n", "is neither a heading nor an entry"),
        ("bump: minor\n## acme\nprose\n", "is neither a heading nor an entry"),
        ("bump: minor\n## acme\n", "it has no entry"),
        ("bump: minor\n## acme\n- **breaks** x\n", "has an entry that breaks"),
    ],
)
def test_a_malformed_fragment_is_refused(text: str, expected: str) -> None:
    """A fragment has a bump, headings of vendors and entries; a break needs a major bump."""
    with pytest.raises(PipelineError, match=expected):
        parse_fragment(text, name="guest-tags")


def test_proposing_marks_what_breaks() -> None:
    """The proposal tells wire and Python changes, breaks first and marked, and no wording."""
    told = [
        change("property-added", impact=Impact.MINOR, layer="python"),
        change(),
        change("description-changed", impact=Impact.PATCH, editorial=True),
        change("grade-raised", impact=Impact.NONE, layer="evidence"),
    ]
    expected = "bump: major\n\n## acme\n\n- **breaks** wire: `Member.points` was removed.\n- Python: `Member.points` was removed.\n"
    assert expected == propose(told)
    assert Impact.MAJOR is parse_fragment(propose(told), name="x").bump


def test_nothing_to_propose() -> None:
    """Without anything users notice, there is no fragment."""
    assert "" == propose([change("grade-raised", impact=Impact.NONE, layer="evidence")])


def test_assembling_joins_vendors_and_puts_breaks_first() -> None:
    """One section a version, one heading a vendor, each entry once."""
    fragments = [
        Fragment("a", Impact.MINOR, {"stamps": ["- wire: one."], "pepper": ["- wire: two."]}),
        Fragment("b", Impact.MAJOR, {"stamps": ["- wire: one.", "- **breaks** wire: three."]}),
    ]
    expected = (
        "## 0.2.0 (2026-12-01)\n\n### pepper\n\n- wire: two.\n\n### stamps\n\n- **breaks** wire: three.\n- wire: one.\n"
    )
    assert expected == assemble(fragments, version=Version(0, 2, 0), day=date(2026, 12, 1))


def test_a_release_writes_everything_once(tmp_path: Path) -> None:
    """Changelog and versions are written, the fragments are gone, older sections stay."""
    root = project(tmp_path / "root")
    (root / "changes/README.md").write_text("# Fragments\n", encoding="utf-8")
    (root / "changes/guest-tags.md").write_text(FRAGMENT.format("major"), encoding="utf-8")
    release(root, version=None, day=date(2026, 12, 1), preview=False)
    assert ["## 0.2.0 (2026-12-01)", "## 0.1.0 (2026-11-21)"] == [
        line for line in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    assert '__version__ = "0.2.0"\n' == (root / "runtime/loyalty_runtime/_version.py").read_text(encoding="utf-8")
    assert 'version = "0.2.0"\n[tool.x]\ntarget-version = "py311"' in (root / "pyproject.toml").read_text(
        encoding="utf-8"
    )
    assert [] == read_fragments(root)


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    """The section can be read before the release."""
    root = project(tmp_path / "root")
    (root / "changes/guest-tags.md").write_text(FRAGMENT.format("minor"), encoding="utf-8")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert release(root, version=None, day=date(2026, 12, 1), preview=True).startswith("## 0.1.1 (2026-12-01)\n")
    assert before == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_release_smaller_than_its_fragments_is_refused(tmp_path: Path) -> None:
    """A break cannot go out as a patch."""
    root = project(tmp_path / "root")
    (root / "changes/guest-tags.md").write_text(FRAGMENT.format("major"), encoding="utf-8")
    with pytest.raises(PipelineError, match=r"0\.1\.1 is too small"):
        release(root, version=Version(0, 1, 1), day=date(2026, 12, 1), preview=False)


def test_a_release_without_fragments_is_refused(tmp_path: Path) -> None:
    """There is nothing to tell."""
    with pytest.raises(PipelineError, match="there is no fragment"):
        release(project(tmp_path / "root"), version=None, day=date(2026, 12, 1), preview=False)


def test_a_version_is_written_once() -> None:
    """A section that is there already is not written again."""
    with pytest.raises(PipelineError, match=r"0\.1\.0 is there already"):
        insert("# Changelog\n\n## 0.1.0 (2026-11-21)\n", "## 0.1.0 (2026-12-01)\n")


def test_the_version_line_must_be_unique() -> None:
    """Two lines that state a version cannot both be meant."""
    with pytest.raises(PipelineError, match="2 lines state the version"):
        set_version('version = "0.1.0"\nversion = "0.1.0"\n', Version(0, 2, 0), where="x")
