"""Structural validation: `openapi-spec-validator`, wrapped so that every failure is a clear line."""

from __future__ import annotations

from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.common.document import Kind, components, mapping, resolve_pointer, walk
from scripts.common.jsonpath import Place, show_place


def check_structure(document: dict[str, Any]) -> list[str]:
    """Return every structural fault of an OpenAPI 3.1 document as `path: message`; an empty list means valid."""
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3.1."):
        return [f"$['openapi']: found {version!r}; this pipeline reads OpenAPI 3.1"]
    faults = _dangling(document)
    if faults:  # the validator stops with a traceback at the first of them
        return faults
    try:
        errors = list(OpenAPIV31SpecValidator(document).iter_errors())
    except Exception as problem:  # noqa: BLE001 - the validator leaks whatever its resolver meets
        return [f"$: the validator gave up: {type(problem).__name__}: {' '.join(str(problem).split())[:200]}"]
    return [f"{show_place(tuple(error.absolute_path))}: {_message(error)}" for error in errors]


def _message(error: Any) -> str:
    # One of the validator's back ends appends schema and instance to its message, and quotes with other marks.
    text = " ".join(str(getattr(error, "message", error)).split()).partition(" Failed validating ")[0].replace('"', "'")
    best = min(getattr(error, "context", None) or [], key=lambda item: len(item.message), default=None)
    if best is not None and len(text) > 200:
        text = f"{' '.join(best.message.split())} (at {show_place(tuple(best.absolute_path))})"
    return text if len(text) <= 300 else text[:297] + "…"


def _dangling(document: dict[str, Any]) -> list[str]:
    faults: list[str] = []
    for place, kind, node in walk(document):
        reference = mapping(node).get("$ref")
        if isinstance(reference, str) and not _leads_somewhere(document, reference):
            problem = "points at nothing" if reference.startswith("#") else "leaves the document"
            faults.append(f"{show_place(place)}: the reference {reference} {problem}")
        if kind is Kind.SCHEMA:
            faults += _lost_variants(document, node, place)
    return faults


def _leads_somewhere(document: dict[str, Any], reference: str) -> bool:
    if not reference.startswith("#"):
        return False
    try:
        resolve_pointer(document, reference)
    except LookupError:
        return False
    return True


def _lost_variants(document: dict[str, Any], schema: Any, place: Place) -> list[str]:
    targets = mapping(mapping(mapping(schema).get("discriminator")).get("mapping"))
    known = components(document, "schemas")
    return [
        f"{show_place((*place, 'discriminator', 'mapping', value))}: the variant {target} is no schema of the document"
        for value, target in targets.items()
        if target not in known and not _leads_somewhere(document, str(target))
    ]
