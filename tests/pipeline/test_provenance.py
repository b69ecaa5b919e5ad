"""The record of a source says the truth, and every fault of it is one clear line."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.provenance import Page, check_hashes, parse_provenance, read_provenance
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
# Made by nox -s fetch.
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
            "[sha256] of 'openapi.yaml' is not 64 hexadecimal digits. Run nox -s fetch with this vendor again",
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


def test_a_download_is_what_was_downloaded(acme: Vendor) -> None:
    """A changed, a lost and an unrecorded file of a downloaded source are three different findings."""
    acme.provenance.write_text(TEXT.replace("transcribed", "downloaded") + f'"lost.yaml" = "{"1" * 64}"\n')
    lost, changed = map(str, check_hashes(acme))
    assert lost == "lost.yaml is listed under [sha256], but there is no such file"
    assert changed.startswith("openapi.yaml is recorded with sha256 000000000000…, but the file has ")
    acme.provenance.write_text(TEXT.replace("transcribed", "downloaded").partition("[sha256]")[0])
    assert ["openapi.yaml is not listed under [sha256]"] == [str(mismatch) for mismatch in check_hashes(acme)]


def test_a_source_of_ours_may_change(acme: Vendor) -> None:
    """A hand-written or transcribed source has no hash to keep."""
    assert () == check_hashes(acme)


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
    assert "# Made by nox -s fetch.\n" in edited


def test_refuses_an_edit_that_would_change_something_else() -> None:
    """A text over several lines that looks like a member is refused, not damaged."""
    text = TEXT.replace('terms = "none known"', 'terms = """\nkind = "quoted"\n"""').replace(
        'kind = "transcribed"', '"kind" = "transcribed"'
    )
    with pytest.raises(PipelineError, match="cannot be edited safely"):
        edit_provenance(text, where="p.toml", members={"kind": "downloaded"})
