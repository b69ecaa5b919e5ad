"""Structural validation: `openapi-spec-validator`, wrapped so that every failure is a clear line."""

from __future__ import annotations

from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.common.document import is_data, resolve_pointer
from scripts.common.jsonpath import show_place


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

    def walk(node: Any, place: tuple[str | int, ...]) -> None:
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not is_data(place):
                if not reference.startswith("#"):
                    faults.append(f"{show_place(place)}: the reference {reference} leaves the document")
                else:
                    try:
                        resolve_pointer(document, reference[1:])
                    except LookupError:
                        faults.append(f"{show_place(place)}: the reference {reference} points at nothing")
            if place[-2:] == ("discriminator", "mapping"):
                faults.extend(_lost_variants(document, node, place))
            for key, value in node.items():
                walk(value, (*place, key))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, (*place, index))

    walk(document, ())
    return faults


def _lost_variants(document: dict[str, Any], mapping: dict[str, Any], place: tuple[str | int, ...]) -> list[str]:
    schemas = (document.get("components") or {}).get("schemas") or {}
    faults = []
    for value, target in mapping.items():
        try:
            found = target in schemas or resolve_pointer(document, str(target).removeprefix("#")) is not document
        except LookupError:
            found = False
        if not found:
            faults.append(f"{show_place((*place, value))}: the variant {target} is no schema of the document")
    return faults
