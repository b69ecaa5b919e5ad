"""How sure we are of an operation is said, and said where it is called."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

from scripts.common.layout import ROOT, Vendor
from scripts.common.names import shown_title
from scripts.spec.effective import Effective
from scripts.spec.grades import operation_grade


def test_an_operation_has_the_weaker_grade() -> None:
    """Method and path together are as sure as the weaker of them; half of it from the vendor is partial."""
    pairs = {
        ("stated", "stated"): "stated",
        ("reported", "stated"): "reported",
        ("inferred", "reported"): "inferred",
        ("inferred", "stated"): "partial",
        ("stated", "inferred"): "partial",
        ("stated", "partial"): "partial",
        ("observed", "inferred"): "inferred",
    }
    assert pairs == {pair: operation_grade(dict(zip(("method", "path"), pair, strict=True))) for pair in pairs}


def test_coverage_page_counts_the_grades(vendor: Vendor, effective: Effective) -> None:
    """`docs/coverage.md` has each operation with its method, path and both grades."""
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {shown_title(effective.document['info'])}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "| `" in line]
    shown = {(row[1].removesuffix(" (newer pages only)"), row[2].strip("`"), row[3], row[4]) for row in rows}
    assert shown == {
        (item["operationId"], f"{method} {path}", item["x-provenance"]["method"], item["x-provenance"]["path"])
        for method, path, item in effective.operations
    }


def docstrings(file: Path) -> list[str]:
    """Return every docstring of a module, each in one line."""
    owners = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, owners)]
    return [" ".join(text.split()) for node in nodes if (text := ast.get_docstring(node))]


def test_methods_say_unconfirmed(vendor: Vendor, effective: Effective) -> None:
    """Whoever reads the method of an inferred operation reads that it is unconfirmed; of another one nobody does."""
    folder = vendor.generated / vendor.client_package / "resources"
    texts = [text for file in sorted(folder.glob("*.py")) for text in docstrings(file)]
    for method, path, operation in effective.operations:
        known = operation["x-provenance"]
        call = re.compile(rf"`{re.escape(f'{method} {path}')}`\. (?:Method and path are|Not fully documented:)")
        own = [text for text in texts if call.search(text)]
        unsure = "inferred" in (known["method"], known["path"])
        assert {unsure} == {"unconfirmed" in text for text in own}, f"{method} {path}"


def test_inferred_addresses_are_known_to_the_client(vendor: Vendor, effective: Effective) -> None:
    """Method and path that are graded as inferred are named so by the operation that is called, no others."""
    package = importlib.import_module(f"{vendor.client_package}.api")
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    told = {
        (item.OPERATION.method, item.OPERATION.path): item.OPERATION.inferred
        for item in modules
        if hasattr(item, "OPERATION")
    }
    for method, path, operation in effective.operations:
        inferred = [part for part in ("method", "path") if operation["x-provenance"][part] == "inferred"]
        assert inferred == re.findall("method|path", told.pop((method, path)))
    assert {} == told
