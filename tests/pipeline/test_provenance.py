"""The record of a source says the truth, and every fault of it is one clear line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.provenance import Page, check_hashes, edit_provenance, read_provenance

TEXT = """\
# Checked by hand.
vendor = "acme"
kind = "transcribed"   # until it can be downloaded
title = "Acme # API"
documentation = "https://docs.example.com/api"
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
    """A complete file becomes a record with typed members; a source of ours has no hash to keep."""
    record = read_provenance(acme)
    assert (record.vendor, record.kind, record.title, record.operations) == ("acme", "transcribed", "Acme # API", 3)
    assert date(2026, 11, 21) == record.retrieved
    assert (Page("https://docs.example.com/api", "in full"),) == record.pages
    assert [] == check_hashes(acme)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('vendor = "acme"', 'vendor = "other"', "vendor is 'other', the folder 'acme'. Make them equal."),
        ('kind = "transcribed"', 'kind = "copied"', "Invalid enum value 'copied' - at `$.kind`."),
        ('title = "Acme # API"', "", "Object missing required field `title`. Correct it as docs/spec-conventions.md"),
        ('title = "Acme # API"', 'title = " "', "Expected another form of text - at `$.title`."),
        ('title = "Acme # API"', "title = 3", "Expected `str`, got `int` - at `$.title`."),
        ("https://docs.example.com", "https://[docs", "Expected another form of text - at `$.documentation`."),
        ("operations = 3", "operations = 0", "Expected `int` >= 1 - at `$.operations`."),
        ("operations = 3", 'note = "x"', "Object contains unknown field `note`."),
        ("reviewed = 2026-11-21", "reviewed = 2026-11-21T10:00:00Z", "Expected `date`, got `datetime` - at `$.reviewed`"),
        ('read = "in full"', "", "Object missing required field `read` - at `$.pages[0]`."),
        ('"openapi.yaml"', '"../openapi.yaml"', "Expected another form of text - at `key` in `$.sha256`."),
        ('"0000', '"zzzz', "Expected another form of text - at `$.sha256[...]`."),
        ("reviewed = 2026-11-21", "reviewed =", "not TOML: Invalid value (at line 7"),
    ],
)  # fmt: skip
def test_names_what_is_wrong(old: str, new: str, message: str, acme: Vendor) -> None:
    """Each fault is named with its place and what to do."""
    assert old in TEXT
    acme.provenance.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(PipelineError) as caught:
        read_provenance(acme)
    assert f"specs/acme/provenance.toml: {message}" in str(caught.value)


def test_a_download_is_what_was_downloaded(acme: Vendor) -> None:
    """A changed, a lost and an unrecorded file of a downloaded source are three different findings."""
    acme.provenance.write_text(TEXT.replace("transcribed", "downloaded") + f'"lost.yaml" = "{"1" * 64}"\n')
    lost, changed = check_hashes(acme)
    assert lost == "lost.yaml is listed under [sha256], but there is no such file"
    assert changed.startswith("openapi.yaml is recorded with sha256 000000000000…, but the file has ")
    acme.provenance.write_text(TEXT.replace("transcribed", "downloaded").partition("[sha256]")[0])
    assert ["openapi.yaml is not listed under [sha256]"] == check_hashes(acme)


def test_an_edit_changes_what_it_names_and_nothing_else() -> None:
    """A member keeps its trailing comment; a new one goes to the end of the root table; comments and tables around stay."""
    text = TEXT + "\n[extra]\nx = 1\n"
    edited = edit_provenance(text, {"kind": "downloaded", "download": "https://a.example"}, sha256={"b": "2", "a": "1"})
    expected = text.replace('"transcribed"', '"downloaded"').replace(
        "operations = 3\n", 'operations = 3\ndownload = "https://a.example"\n'
    )
    assert expected.replace(f'"openapi.yaml" = "{"0" * 64}"', 'a = "1"\nb = "2"') == edited
