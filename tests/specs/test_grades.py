"""How sure we are of an operation is said, agrees with the evidence, and is never more than it."""

from __future__ import annotations

import ast
import re
from typing import Any

from scripts.common.layout import Vendor
from scripts.common.names import module_name
from scripts.common.yaml_io import load_yaml
from scripts.spec.effective import Effective

GRADES = ("stated", "partial", "inferred")
CONFIDENCES = ("high", "medium", "low")


def unsure(operation: dict[str, Any]) -> bool:
    """Tell whether method or path of an operation is not written in a document of the vendor."""
    return {operation["x-provenance"]["method"], operation["x-provenance"]["path"]} != {"stated"}


def evidence_grades(vendor: Vendor) -> dict[str, str]:
    """Return the grade of each method and path of the evidence; an alternative is never better than inferred."""
    page = vendor.evidence.with_name(f"{vendor.slug}-operations.yaml")
    items = load_yaml(page, name=vendor.show(page))
    grades = {alternative: "inferred" for item in items for alternative in item.get("alternatives") or []}
    return {**grades, **{f"{item['method']} {item['path']}": item["grade"] for item in items}}


def test_every_operation_says_how_sure_we_are(effective: Effective) -> None:
    """Each operation has a grade of method and path, a confidence and a source."""
    faulty = [
        f"{method} {path}"
        for method, path, operation in effective.operations
        for known in [operation.get("x-provenance", {})]
        if known.get("method") not in GRADES
        or known.get("path") not in GRADES
        or known.get("confidence") not in CONFIDENCES
        or not known.get("source")
    ]
    assert faulty == []


def test_every_operation_is_in_the_evidence(vendor: Vendor, effective: Effective) -> None:
    """No operation is invented: each is in the evidence, as its first reading or as a listed alternative."""
    known = evidence_grades(vendor)
    assert [f"{method} {path}" for method, path, _ in effective.operations if f"{method} {path}" not in known] == []


def test_inferred_is_never_called_stated(vendor: Vendor, effective: Effective) -> None:
    """What the evidence infers is inferred in the spec, and what it has in part is not stated in whole."""
    known = evidence_grades(vendor)
    too_sure = []
    for method, path, operation in effective.operations:
        grade = known.get(f"{method} {path}")
        claimed = {operation["x-provenance"]["method"], operation["x-provenance"]["path"]}
        if (grade == "inferred" and claimed != {"inferred"}) or (grade == "partial" and claimed == {"stated"}):
            too_sure.append(f"{method} {path}")
    assert too_sure == []


def test_unsure_operations_give_a_reason(effective: Effective) -> None:
    """An operation whose method or path is not stated says why we write it so."""
    faulty = [
        f"{method} {path}"
        for method, path, operation in effective.operations
        if unsure(operation) and not operation["x-provenance"].get("reason")
    ]
    assert faulty == []


def docstrings(source: str) -> list[str]:
    """Return every docstring of a module, each in one line."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    owners = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    return [" ".join(text.split()) for owner in owners if (text := ast.get_docstring(owner))]


def test_docstrings_print_no_unsure_path_as_a_fact(vendor: Vendor, effective: Effective) -> None:
    """A docstring of the client that prints an unstated method and path says that they are not stated."""
    package = vendor.generated / vendor.client_package
    unsure_calls = {f"{method} {path}" for method, path, operation in effective.operations if unsure(operation)}
    silent = [
        f"{module.relative_to(package).as_posix()}: {call}"
        for module in sorted([*package.glob("api/*/*.py"), *package.glob("resources/*.py")])
        for text in docstrings(module.read_text(encoding="utf-8"))
        for call in re.findall(r"\b[A-Z]+ /[^\s`]*", text)
        if call in unsure_calls and not re.search(r"\b(inferred|partial)", text)
    ]
    assert silent == []


def test_docstrings_are_found(vendor: Vendor, effective: Effective) -> None:
    """Each operation has its module, so that the test above looks at every one."""
    package = vendor.generated / vendor.client_package
    modules = {path.stem for path in package.glob("api/*/*.py")}
    assert [
        name for _, _, item in effective.operations if (name := module_name(item["operationId"])) not in modules
    ] == []
