"""Structural validation: `openapi-spec-validator`, wrapped so that every failure is a clear line."""

from __future__ import annotations

import re
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.common.document import resolve_pointer
from scripts.common.jsonpath import Place, show_place
from scripts.common.walk import walk


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


def unknown_members(document: dict[str, Any]) -> list[tuple[Place, list[str]]]:
    """Return (place, members) that OpenAPI does not know and that are no extensions."""
    try:
        errors = list(OpenAPIV31SpecValidator(document).iter_errors())
    except Exception:  # noqa: BLE001 - what the validator cannot read it reports elsewhere
        return []
    found = []
    for error in errors:
        if str(error.message).startswith("Unevaluated properties"):
            words = str(error.message).partition("\n")[0]
            found.append((tuple(error.absolute_path), re.findall(r"'([^']+)'", words)))
    return found


def _message(error: Any) -> str:
    # One of the validator's back ends appends schema and instance to its message, and quotes with other marks.
    text = " ".join(str(getattr(error, "message", error)).split()).partition(" Failed validating ")[0].replace('"', "'")
    best = min(getattr(error, "context", None) or [], key=lambda item: len(item.message), default=None)
    if best is not None and len(text) > 200:
        text = f"{' '.join(best.message.split())} (at {show_place(tuple(best.absolute_path))})"
    return text if len(text) <= 300 else text[:297] + "…"


def _dangling(document: dict[str, Any]) -> list[str]:
    faults: list[str] = []
    for _, place, part in walk(document):
        reference = part.get("$ref")
        if isinstance(reference, str):
            if not reference.startswith("#"):
                faults.append(f"{show_place(place)}: the reference {reference} leaves the document")
            else:
                try:
                    resolve_pointer(document, reference[1:])
                except LookupError:
                    faults.append(f"{show_place(place)}: the reference {reference} points at nothing")
        mapping = (
            (part.get("discriminator") or {}).get("mapping") if isinstance(part.get("discriminator"), dict) else None
        )
        if isinstance(mapping, dict):
            faults.extend(_lost_variants(document, mapping, (*place, "discriminator", "mapping")))
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
