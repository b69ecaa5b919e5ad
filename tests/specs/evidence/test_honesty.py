"""No method or path that was deduced is presented as a fact: not in a spec, a docstring, a page or a test."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.names import module_name
from scripts.common.yaml_io import load_yaml
from scripts.evidence_coverage.claims import pair_grade
from scripts.spec.effective import Effective, is_download
from tests.specs.evidence.made import effective_of, names_of

COUNTS = {
    "orderingstack": {"partial": 12, "inferred": 19},
    "pepper": {"stated": 16, "partial": 13, "inferred": 143},
    "stampede": {"stated": 20},
    "stamps": {"stated": 3},
}
CLAIM = re.compile(r"\b(?:confirmed|stated|states|documented|official|officially|verified|printed)\b", re.I)
# Words that take a claim back, or say whose it is.
DENIAL = re.compile(
    r"\b(?:not|no|nor|neither|never|none|without|unless|inferred|partial|deduced|unconfirmed|undocumented|lost)\b", re.I
)


def inferred(effective: Effective) -> dict[str, dict[str, Any]]:
    """Return the operations of which method or path is inferred, by `METHOD /path`."""
    return {
        f"{method} {path}": operation
        for method, path, operation in effective.operations
        if "inferred" in (operation["x-provenance"]["method"], operation["x-provenance"]["path"])
    }


def printed_grades(vendor: Vendor) -> dict[str, str]:
    """Return the grade of each operation as the evidence has it, read without the reader that the comparison uses."""
    page = vendor.evidence.with_name(f"{vendor.slug}-operations.yaml")
    names = names_of(vendor)
    entries = load_yaml(page, name=vendor.show(page))
    # A table put together from scattered cells still prints method and path.
    words = {"re-assembled": "stated"}
    named: list[tuple[str, str]] = [
        (entry.get("operation_id") or entry.get("id") or entry["title"], entry["grade"]) for entry in entries
    ]
    return {names[name]: words.get(grade, grade) for name, grade in named if name in names}


def test_grades_are_those_of_the_evidence(vendor: Vendor, effective: Effective) -> None:
    """Each operation of the effective spec has the grade of the evidence, no better and no worse, and the counts are those of its page."""
    grades = {item["operationId"]: pair_grade(item["x-provenance"]) for _, _, item in effective.operations}
    assert printed_grades(vendor) == grades
    assert COUNTS[vendor.slug] == Counter(grades.values())


def test_halves_are_no_surer_than_the_whole(effective: Effective) -> None:
    """An operation whose pair is inferred has no half that is stated or partial."""
    for operation in inferred(effective).values():
        known = operation["x-provenance"]
        if pair_grade(known) == "inferred":
            assert (known["method"], known["path"]) == ("inferred", "inferred")


def test_coverage_page_shows_the_grades(vendor: Vendor, effective: Effective) -> None:
    """`docs/coverage.md` has each operation with its method, path and both grades."""
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {effective.document['info']['title']}\n")[1].split("\n## ")[0]
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in section.splitlines() if "| `" in line
    ]
    shown = {(row[0].removesuffix(" (newer pages only)"), row[1].strip("`"), row[2], row[3]) for row in rows}
    known = {
        (item["operationId"], f"{method} {path}", item["x-provenance"]["method"], item["x-provenance"]["path"])
        for method, path, item in effective.operations
    }
    assert known == shown


def docstrings(file: Path) -> Iterator[str]:
    """Yield every docstring of a module, each in one line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            yield " ".join(str(ast.get_docstring(node)).split())


@pytest.mark.parametrize(("places", "copies"), [("resources/*.py", 2), ("api/*/*.py", 1)], ids=["methods", "modules"])
def test_docstrings_say_unconfirmed(vendor: Vendor, effective: Effective, places: str, copies: int) -> None:
    """Whoever reads a method or function of an inferred operation reads that it is unconfirmed; of a stated one nobody does."""
    package = vendor.generated / vendor.client_package
    texts = [
        text for file in sorted(package.glob(places)) for text in docstrings(file) if re.search(r"`[A-Z]+ /", text)
    ]
    unsure = inferred(effective)
    for method, path, _ in effective.operations:
        call = f"{method} {path}"
        own = [
            text
            for text in texts
            if re.search(rf"`{re.escape(call)}`\. (?:Method and path are|Not fully documented:)", text)
        ]
        assert len(own) >= copies, f"{call} has no docstring in {places}"
        assert {"unconfirmed" in text for text in own} == {call in unsure}, call


def test_each_inferred_operation_has_a_module(vendor: Vendor, effective: Effective) -> None:
    """The test above reads a module of every inferred operation."""
    modules = {file.stem for file in (vendor.generated / vendor.client_package).glob("api/*/*.py")}
    assert {module_name(item["operationId"]) for item in inferred(effective).values()} <= modules


def claims(text: str) -> list[str]:
    """Return the sentences of a text that call something a fact without taking it back."""
    sentences = re.split(r"(?<=[.;:!?])\s+|\n", text)
    return [s for s in sentences if "/" in s and CLAIM.search(s) and not DENIAL.search(s)]


def boasts(text: str, call: str) -> list[str]:
    """Return those sentences that print this method and path, or the path alone."""
    path = call.split(" ", 1)[1]
    named = re.compile(rf"(?<![\w/}}]){re.escape(path)}(?![\w/{{])")
    return [s for s in claims(text) if named.search(s)]


def readable_files() -> list[Path]:
    """List what people read beside the evidence, which quotes the vendor: pages, sources, tests, examples."""
    roots = (
        "README.md",
        "CHANGELOG.md",
        "docs",
        "examples",
        "runtime",
        "sandbox",
        "scripts",
        "tests/clients",
        "tests/sandbox",
        "benchmarks",
    )
    found: list[Path] = []
    for root in roots:
        place = ROOT / root
        found += (
            [place]
            if place.is_file()
            else [f for f in place.rglob("*") if f.suffix in (".md", ".py", ".yaml", ".toml", ".html")]
        )
    skipped = {"evidence", "node_modules", "__pycache__"}
    return sorted(f for f in found if not skipped & set(f.relative_to(ROOT).parts) and f.name != "coverage.md")


def other_stated_calls() -> set[str]:
    """Return every method and path that some vendor states, which an inferred one of another may equal in part."""
    return {
        path
        for vendor in find_vendors()
        for _, path, item in effective_of(vendor).operations
        if pair_grade(item["x-provenance"]) != "inferred"
    }


def test_no_page_presents_an_inferred_path_as_a_fact() -> None:
    """No sentence outside the evidence prints an inferred path and calls it confirmed, stated, documented, official or verified."""
    sure = other_stated_calls()
    calls = {
        call
        for vendor in find_vendors()
        for call in inferred(effective_of(vendor))
        if call.split(" ", 1)[1] not in sure
    }
    files = {file: "\n".join(claims(file.read_text(encoding="utf-8", errors="replace"))) for file in readable_files()}
    found = [
        f"{file.relative_to(ROOT)}: {s}"
        for file, text in files.items()
        if text
        for call in calls
        for s in boasts(text, call)
    ]
    assert found == []
    assert calls or all(map(is_download, find_vendors()))
    assert any(file.name == "README.md" for file in files)


def test_no_operation_describes_an_inferred_path_as_a_fact(effective: Effective) -> None:
    """Summary, description and reason of an inferred operation do not call its method or path a fact."""
    claim = re.compile(
        r"\b(?:method|path|route|address)s?\b[^.;]*\b(?:is|are|as) (?:stated|confirmed|documented|printed|official)",
        re.I,
    )
    for call, item in inferred(effective).items():
        words = f"{item.get('summary', '')}. {item.get('description', '')} {item['x-provenance'].get('reason', '')}"
        assert [found[0] for found in claim.finditer(words) if not DENIAL.search(found[0])] == [], call


def test_no_test_is_named_so() -> None:
    """No test of the clients has a name that calls a path confirmed, stated, official or verified."""
    names = [
        f"{file.relative_to(ROOT)}: {found[1]}"
        for file in sorted((ROOT / "tests" / "clients").rglob("*.py"))
        for found in re.finditer(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    ]
    assert names != []
    assert [
        name for name in names if re.search(r"(?<!un)(?:confirmed|stated|official|verified)", name.split(": ")[1])
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "The path `/pets/{petId}` is confirmed.",
        "`GET /pets/{petId}` is documented by the vendor.",
        "Unknown. The vendor states GET /pets/{petId}, so use it.",
    ],
)
def test_boasting_is_seen(text: str) -> None:
    """The search above finds a sentence that calls a path a fact."""
    assert len(boasts(text, "GET /pets/{petId}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The path `/pets/{petId}` is inferred, not confirmed.",
        "`GET /pets/{petId}/toys` is documented.",
        "The error is documented. Ask `GET /pets/{petId}` for more.",
        "`/all/pets/{petId}` is stated.",
    ],
)
def test_honest_words_pass(text: str) -> None:
    """The search above lets denials, other paths and other sentences pass."""
    assert boasts(text, "GET /pets/{petId}") == []
