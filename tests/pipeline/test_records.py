"""Every fault of the records beside a spec is one line of `validate` that names it, with its place and what to do."""

from __future__ import annotations

from hashlib import sha256

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.effective import make_effective
from scripts.spec.grades import dump_grades
from scripts.spec.ledger import Entry, evidence_numbers, make_ledger
from scripts.spec.provenance import edit_provenance
from tests.pipeline.conftest import TINY, Command, assert_refused

SOURCE, OVERLAY, EVIDENCE = "specs/acme/openapi.yaml", "overlays/acme/10-types.yaml", "docs/evidence/acme.md"
PROVENANCE, LEDGER, GRADES = "specs/acme/provenance.toml", "overlays/acme/ledger.yaml", "specs/acme/grades.yaml"
DOWNLOADED = 'kind = "downloaded"'
HASHED = f'[sha256]\n"openapi.yaml" = "{sha256((TINY / SOURCE).read_bytes()).hexdigest()}"\n'
SEEN = {
    "method": "observed",
    "path": "observed",
    "observed": {"capture": "0" * 64, "host": "api.example.com", "date": "2026-11-28", "count": 14},
}

# The file, what stands there (nothing: the text is added at the end, or makes the file), what is written instead, and what is said.
FAULTS: list[tuple[str, str, str, str]] = [
    (PROVENANCE, 'vendor = "acme"', 'vendor = "other"', "vendor is 'other', the folder 'acme'. Make them equal."),
    (PROVENANCE, '"hand-written"', '"copied"', "Invalid enum value 'copied' - at `$.kind`."),
    (
        PROVENANCE,
        'title = "Acme API"',
        "",
        "Object missing required field `title`. Correct it as docs/spec-conventions.md",
    ),
    (PROVENANCE, '"Acme API"', '" "', "Expected another form of text - at `$.title`."),
    (PROVENANCE, '"Acme API"', "3", "Expected `str`, got `int` - at `$.title`."),
    (PROVENANCE, "https://docs.acme", "https://[docs", "Expected another form of text - at `$.documentation`."),
    (PROVENANCE, "operations = 3", "operations = 0", "Expected `int` >= 1 - at `$.operations`."),
    (PROVENANCE, "operations = 3", "operations = 4", "it records 4 operations, the spec has 3"),
    (PROVENANCE, "operations = 3", 'note = "x"', "Object contains unknown field `note`."),
    (
        PROVENANCE,
        "reviewed = 2026-11-21",
        "reviewed = 2026-11-21T10:00:00Z",
        "Expected `date`, got `datetime` - at `$.rev",
    ),
    (PROVENANCE, 'read = "in full"', "", "Object missing required field `read` - at `$.pages[0]`."),
    (PROVENANCE, "", '[sha256]\n"../a" = "00"\n', "Expected another form of text - at `key` in `$.sha256`."),
    (PROVENANCE, "", '[sha256]\n"a" = "zz"\n', "Expected another form of text - at `$.sha256[...]`."),
    (PROVENANCE, "reviewed = 2026-11-21", "reviewed =", "not TOML: Invalid value (at line 6"),
    (PROVENANCE, 'kind = "hand-written"', DOWNLOADED, "openapi.yaml is not listed under [sha256]"),
    (
        LEDGER,
        "reason: The page contradicts nothing.",
        "",
        "missing required field `reason` - at `$[...]`. Give each number",
    ),
    (
        LEDGER,
        "The page contradicts nothing.",
        "' '",
        "Expected another form of text - at `$[...].reason`. Give each number",
    ),
    (
        LEDGER,
        "treatment: none",
        "treatment: maybe",
        "Invalid enum value 'maybe' - at `$[...].treatment`. Give each number",
    ),
    (
        LEDGER,
        (TINY / LEDGER).read_text(),
        "{}\n",
        f"A-02 has no overlay action and no entry in {LEDGER}: add one of them",
    ),
    (LEDGER, "", "A-01: {treatment: none, reason: Nothing.}\n", f" and also listed in {LEDGER}: keep one"),
    (LEDGER, "", "A-77: {treatment: none, reason: Nothing.}\n", f"A-77 stands in {LEDGER}, but the evidence has"),
    (SOURCE, "[A-01, A-02]", "[A-01]", f"A-02 stands in {LEDGER}, but no operation names it in x-evi"),
    (
        SOURCE,
        "[A-01, A-02]",
        "[A-01, A-02, A-77]",
        "A-77 stands in x-evidence-ids, but the evidence has no such number",
    ),
    (OVERLAY, "x-id: A-01", "x-id: [A-01, A-77]", "A-77 is treated by overlays/acme/10-types.yaml, action 1 (A-01, A"),
    (GRADES, "", "- GET /a\n", "the file is not a mapping of operations"),
    (GRADES, "", "get /a: {}\n", "'get /a' is not an operation"),
    (GRADES, "", "GET /a: {}\n", "the members of 'GET /a' are not those of x-provenance"),
    (GRADES, "", "GET /a: {note: n}\n", "the members of 'GET /a' are not those of x-provenance"),
    (GRADES, "", "GET /a: {method: sure}\n", "'GET /a' has the method 'sure'"),
    (GRADES, "", "GET /a: {method: observed}\n", "'GET /a' is observed, but does not say where"),
    (GRADES, "", "GET /a: {observed: {host: h}}\n", "'GET /a', observed: "),
    (SOURCE, "method: stated", "method: certain", "GET /members: x-provenance.method is 'certain'. Use one of: "),
    (SOURCE, "source: made up", "source: ''", "GET /members: x-provenance has no source. Name the page and its lines."),
    (SOURCE, "path: stated", "path: inferred", "GET /members: x-provenance has no reason. Say why it is written so."),
]


def change(vendor: Vendor, file: str, old: str, new: str) -> None:
    """Replace a text of a file once, or add one."""
    path = vendor.root / file
    text = path.read_text() if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text + new)


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS)
def test_a_fault_is_one_line(acme: Vendor, inline: Command, file: str, old: str, new: str, said: str) -> None:
    """A record that is broken, or does not fit the spec, is named with what to do."""
    change(acme, file, old, new)
    assert said in assert_refused(inline("validate", acme.root, "--summary"), "error: ")


def test_a_download_is_what_was_downloaded(acme: Vendor, inline: Command) -> None:
    """A downloaded source whose bytes are the recorded ones passes; a changed and a lost file are two findings."""
    change(acme, PROVENANCE, 'kind = "hand-written"', DOWNLOADED)
    change(acme, PROVENANCE, "", HASHED)
    assert 0 == inline("validate", acme.root).returncode
    change(acme, PROVENANCE, "", f'"lost.yaml" = "{"1" * 64}"\n')
    said = assert_refused(inline("validate", acme.root), "error: acme: ")
    assert "lost.yaml is listed under [sha256], but there is no such file" in said
    change(acme, PROVENANCE, '"lost.yaml"', '# "lost.yaml"')
    change(acme, SOURCE, "", "# changed\n")
    assert "openapi.yaml is recorded with sha256 " in assert_refused(inline("validate", acme.root), "error: acme: ")


def test_an_edit_of_the_record_changes_what_it_names_and_nothing_else() -> None:
    """A member keeps its trailing comment; a new one goes to the end of the root table; comments and tables around stay."""
    text = f'# By hand.\nkind = "transcribed"   # for now\noperations = 3\n\n{HASHED}\n[extra]\nx = 1\n'
    edited = edit_provenance(text, {"kind": "downloaded", "download": "https://a.example"}, sha256={"b": "2", "a": "1"})
    expected = text.replace("transcribed", "downloaded").replace(
        "operations = 3\n", 'operations = 3\ndownload = "https://a.example"\n'
    )
    assert expected.replace(HASHED.splitlines()[1], 'a = "1"\nb = "2"') == edited


def test_each_number_is_accounted_for(acme: Vendor) -> None:
    """It shows the actions that treat it, or the reason why none does; bold numbers of the page count, each once and in their order."""
    effective = make_effective(acme)
    entries = [
        Entry("A-01", "overlay", "10-types.yaml #1, 10-types.yaml #2"),
        Entry("A-02", "none", "The page contradicts nothing."),
    ]
    actions = [item.action for item in effective.applied]
    assert (entries, []) == make_ledger(acme, actions, effective.document)
    text = "- **A-02** x, see A-09\n- **A-01** y\n- **A-02** again\n**A-1x** **a-03**"
    assert ["A-02", "A-01"] == evidence_numbers(text)


def test_grades_go_over_what_the_source_says(acme: Vendor) -> None:
    """An entry replaces the members it gives, the rest stays; entries that the spec has no operation for are all named at once."""
    before = make_effective(acme).document["paths"]["/members"]["get"]["x-provenance"]
    acme.grades.write_text(dump_grades({"GET /members": SEEN}, slug="acme"))
    assert {**before, **SEEN} == make_effective(acme).document["paths"]["/members"]["get"]["x-provenance"]
    acme.grades.write_text(dump_grades({"GET /gone": SEEN, "PUT /members": SEEN}, slug="acme"))
    with pytest.raises(
        PipelineError, match=r"specs/acme/grades\.yaml: GET /gone is no operation(.|\n)*PUT /members is no op"
    ):
        make_effective(acme)
