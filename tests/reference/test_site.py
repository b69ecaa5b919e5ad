"""The reference as Markdown, and the documentation as a site: complete, escaped, every page reachable."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common.document import operations
from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.reference.markdown import Page, cell, code, reference_pages, text
from scripts.reference.python_models import read_models


@pytest.fixture(scope="module", params=[vendor.slug for vendor in find_vendors()])
def reference(request: pytest.FixtureRequest) -> tuple[Vendor, dict[str, Page]]:
    """Return a vendor with its pages by path."""
    vendor = Vendor(request.param)
    return vendor, {page.path: page for page in reference_pages(vendor)}


def test_every_operation_is_there(reference: tuple[Vendor, dict[str, Page]]) -> None:
    """Each has its address, its grade, three ways to call it, and a line that leads to it."""
    vendor, pages = reference
    told = "".join(page.text for path, page in pages.items() if path not in ("index.md", "models.md"))
    spec = load_yaml(vendor.generated / "openapi.yaml")
    found = re.findall(
        r"(?m)^`([A-Z]+) (\S+)` · (?:inferred|partial|reported|observed|stated).* operation `(\w+)`", told
    )
    assert sorted((method, path, item["operationId"]) for method, path, item in operations(spec)) == sorted(found)
    assert len(found) == told.count('=== "Python"') == told.count('=== "Python, async"') == told.count('=== "curl"')
    assert len(found) == len(re.findall(r"(?m)^\| \[`[\w.]+`\]\(\w+\.md#\w+\) \|", pages["index.md"].text))


def test_every_model_is_there_with_its_members(reference: tuple[Vendor, dict[str, Page]]) -> None:
    """Each class that can be imported has a part of its own, each member a line."""
    vendor, pages = reference
    models = read_models(vendor.generated / vendor.client_package)
    parts = dict(re.findall(r"(?ms)^## (\w+) \{ #\w+ \}\n(.*?)(?=^## |\Z)", pages["models.md"].text))
    assert set(models) == set(parts)
    for name, model in models.items():
        assert [item.name for item in model.attributes] + [
            f"{name}.{value}" for value, _ in model.values
        ] == re.findall(r"(?m)^\| `([\w.]+)`", parts[name])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a <script>x</script> & b", "a &lt;script>x&lt;/script> &amp; b"),
        ("![x](https://acme.example/x.png)", "!\\[x](https://acme.example/x.png)"),
        ("[x](javascript:alert(1))", "[x]\\(javascript:alert(1))"),
        ("# not a heading", "\\# not a heading"),
        ("`<kept>` and <not>", "`<kept>` and &lt;not>"),
    ],
)
def test_descriptions_are_text(given: str, expected: str) -> None:
    """What a spec says can start no HTML, image or heading, and leads to the web only."""
    assert expected == text(given)


def test_cells_stay_in_their_row() -> None:
    """Line ends and bars of a description do not end a cell of a table."""
    assert ("a b \\| c", "`a \\| b`") == (cell("a\nb | c"), code("a | b"))


def test_the_site_is_built_without_a_warning_and_every_listed_page_is_there() -> None:
    """The builder checks every link; `llms.txt` names pages that exist, and nothing is loaded from elsewhere."""
    command = [sys.executable, "-m", "scripts.reference.site"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout
    site = ROOT / "build" / "site"
    listed = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text(encoding="utf-8"))
    assert [] == [name for name in listed if not (site / name).is_file()]
    assert {f"reference/{vendor.slug}/models.md" for vendor in find_vendors()} <= set(listed)
    page = (site / "reference" / "stampede" / "guests.html").read_text(encoding="utf-8")
    assert [] == re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="https?://[^"]*"', page)
    assert Path(site / "search.json").stat().st_size
