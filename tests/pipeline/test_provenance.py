"""The record of a source says the truth, and every fault of it is one clear line."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.common.problems import PipelineError
from scripts.spec.provenance import Page, check_hashes, main, parse_provenance, read_provenance
from scripts.spec.provenance_text import edit_provenance

TEXT = """\
# Checked by hand.
vendor = "acme"
kind = "transcribed"   # until it can be downloaded
title = "Acme # API"
documentation = "https://docs.example.com/api"
download = ""
retrieved = 2026-11-21
reviewed = 2026-11-21
terms = "none known"
operations = 3

[[pages]]
address = "https://docs.example.com/api"
read = "in full"

[sha256]
# Made by python -m scripts.spec.provenance.
"openapi.yaml" = "0000000000000000000000000000000000000000000000000000000000000000"
"""


@pytest.fixture
def acme(tmp_path: Path) -> Vendor:
    """Write a vendor whose recorded hash is wrong."""
    vendor = Vendor("acme", tmp_path)
    vendor.specs.mkdir(parents=True)
    vendor.source.write_text("openapi: 3.1.0\n")
    vendor.provenance.write_text(TEXT)
    return vendor


@pytest.mark.parametrize("vendor", find_vendors(), ids=lambda vendor: vendor.slug)
def test_recorded_hashes_are_those_of_the_files(vendor: Vendor) -> None:
    """Every source file in the repository is the one its provenance records."""
    assert [str(mismatch) for mismatch in check_hashes(vendor)] == []


def test_reads_every_member(acme: Vendor) -> None:
    """A complete file becomes a record with typed members."""
    record = read_provenance(acme)
    assert (record.vendor, record.kind, record.title, record.operations) == ("acme", "transcribed", "Acme # API", 3)
    assert date(2026, 11, 21) == record.retrieved
    assert (Page("https://docs.example.com/api", "in full"),) == record.pages
    assert record.sha256 == {"openapi.yaml": "0" * 64}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('vendor = "acme"', 'vendor = "other"', "vendor is 'other', the folder 'acme'. Make them equal."),
        (
            'kind = "transcribed"',
            'kind = "copied"',
            "kind is 'copied'. Use one of: hand-written, transcribed, downloaded.",
        ),
        ('title = "Acme # API"', "", "'title' is missing. Add it as docs/spec-conventions.md shows."),
        ('title = "Acme # API"', 'title = " "', "'title' is empty. Fill it in."),
        ('title = "Acme # API"', "title = 3", "title is 3, not a text. Write it in quotes."),
        (
            'download = ""',
            'download = "api.json"',
            "download is 'api.json'. Write a complete address, starting with https://.",
        ),
        (
            '"https://docs.example.com/api"\ndown',
            '"https://[docs"\ndown',
            "documentation is 'https://[docs'. Write a complete",
        ),
        ("operations = 3", "operations = true", "operations is True. Write their number, 1 or more."),
        (
            "operations = 3",
            'operations = 3\nnote = "x"',
            "unknown member 'note'. Correct its name or remove it; known members: ",
        ),
        (
            "retrieved = 2026-11-21",
            'retrieved = "2026-11-21"',
            "retrieved is '2026-11-21', not a date. Write a date without",
        ),
        (
            "reviewed = 2026-11-21",
            "reviewed = 2026-11-21T10:00:00Z",
            "reviewed is '2026-11-21 10:00:00+00:00', not a date.",
        ),
        ('read = "in full"', "", "page 1 is not a pair of address and read. Give exactly"),
        ('read = "in full"', 'read = ""', "page 1 has an empty member. Fill it in."),
        ('"openapi.yaml"', '"../openapi.yaml"', "[sha256] lists '../openapi.yaml', outside the folder."),
        (
            '"0000',
            '"zzzz',
            "[sha256] of 'openapi.yaml' is not 64 hexadecimal digits. Run python -m scripts.spec.provenance",
        ),
        ("reviewed = 2026-11-21", "reviewed =", "not TOML: Invalid value (at line 8"),
    ],
)
def test_names_what_is_wrong(old: str, new: str, message: str) -> None:
    """Each fault is named with its place and what to do."""
    assert old in TEXT
    with pytest.raises(PipelineError) as caught:
        parse_provenance(TEXT.replace(old, new, 1), vendor="acme", where="specs/acme/provenance.toml")
    assert f"specs/acme/provenance.toml: {message}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_finds_every_kind_of_difference(acme: Vendor) -> None:
    """A changed file, a new file and a lost file are three different findings."""
    acme.provenance.write_text(TEXT + f'"lost.yaml" = "{"1" * 64}"\n')
    (acme.specs / "paths").mkdir()
    (acme.specs / "paths" / "new.yaml").write_text("{}\n")
    lost, changed, new = map(str, check_hashes(acme))
    assert lost == "lost.yaml is listed under [sha256], but there is no such file"
    assert new == "paths/new.yaml is not listed under [sha256]"
    assert changed.startswith("openapi.yaml is recorded with sha256 000000000000…, but the file has ")


def test_refresh_changes_the_hashes_and_nothing_else(acme: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    """After a refresh the check is clean and comments, order and the other members are as they were."""
    with pytest.raises(PipelineError, match="1 of the sources differ"):
        main(["acme", "--check"], root=acme.root)
    assert main(["acme"], root=acme.root) == 0
    assert check_hashes(acme) == ()
    digest = read_provenance(acme).sha256["openapi.yaml"]
    assert TEXT.replace("0" * 64, digest) == acme.provenance.read_text()
    capsys.readouterr()
    assert main(["--all"], root=acme.root) == 0
    assert capsys.readouterr().out == "acme: [sha256] agrees with the files\n"


def test_edit_keeps_comments_and_adds_what_is_missing() -> None:
    """A member keeps its trailing comment; a new one goes to the end of the root table; sections after [sha256] stay."""
    text = TEXT.replace('download = ""\n', "") + "\n[extra]\nx = 1\n"
    edited = edit_provenance(
        text,
        where="p.toml",
        members={"kind": "downloaded", "title": 'A "B" \\ C\n', "download": "https://example.com/a.json"},
        sha256={"b.yaml": "b" * 64, "a.yaml": "a" * 64},
    )
    assert 'kind = "downloaded"   # until it can be downloaded\n' in edited
    assert 'operations = 3\ndownload = "https://example.com/a.json"\n\n[[pages]]' in edited
    parsed = tomllib.loads(edited)
    assert parsed["title"] == 'A "B" \\ C\n'
    assert list(parsed["sha256"]) == ["a.yaml", "b.yaml"]
    assert parsed["extra"] == {"x": 1}
    assert "# Made by python -m scripts.spec.provenance.\n" in edited


def test_refuses_an_edit_that_would_change_something_else() -> None:
    """A text over several lines that looks like a member is refused, not damaged."""
    text = TEXT.replace('terms = "none known"', 'terms = """\nkind = "quoted"\n"""').replace(
        'kind = "transcribed"', '"kind" = "transcribed"'
    )
    with pytest.raises(PipelineError, match="cannot be edited safely"):
        edit_provenance(text, where="p.toml", members={"kind": "downloaded"})
