"""Structural validation: `openapi-spec-validator`, wrapped so that every failure is a clear line.

Its slow part is done in Rust: schemas are held against the meta schema there. Only a schema that fails goes to the validator's own check, whose words are
the ones to show; both judge patterns as Python does.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from typing import Any

import jsonschema_rs
from openapi_schema_validator import OAS31_BASE_DIALECT_ID, OAS31Validator
from openapi_schema_validator._specifications import REGISTRY
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator

from scripts.common.document import Kind, components, mapping, resolve_pointer, walk, walk_schemas
from scripts.common.jsonpath import Place, show_place, value_at
from scripts.spec.shapes import Fault, find_crowded


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


_PARTS: list[Any] = [(str(uri), REGISTRY.contents(uri)) for uri in REGISTRY if "/oas/3.1/" in uri]
_META = jsonschema_rs.Draft202012Validator(
    OAS31Validator.META_SCHEMA,
    formats={"regex": _compiles},
    validate_formats=True,
    registry=jsonschema_rs.Registry(_PARTS),
)


class _Seen(set[int]):
    append = set.add  # the validator keeps lists, which it searches for every schema


class _Schemas(OpenAPIV31SchemaValidator):
    def __init__(self, registry: Any) -> None:
        super().__init__(registry)
        visited: Any = _Seen()
        checked: Any = _Seen()
        self.visited_schema_ids, self.meta_checked_schema_ids = visited, checked

    def _validate_schema_meta(self, schema: Any, schema_value: Any) -> Any:
        with contextlib.suppress(ValueError):  # a dialect that is no text, or nesting without end: not for this check
            usual = self._get_schema_dialect_id(schema, schema_value) == OAS31_BASE_DIALECT_ID
            if usual and _META.is_valid(schema_value):
                return None
        return super()._validate_schema_meta(schema, schema_value)


class DocumentValidator(OpenAPIV31SpecValidator):
    """Validate an OpenAPI 3.1 document."""

    # As its base has it.
    keyword_validators = {**OpenAPIV31SpecValidator.keyword_validators, "schema": _Schemas}  # noqa: RUF012


def find_faults(document: dict[str, Any]) -> list[Fault]:
    """Return every structural fault of an OpenAPI 3.1 document; an empty list means valid."""
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3.1."):
        return [Fault(("openapi",), f"found {version!r}; this pipeline reads OpenAPI 3.1")]
    faults = _dangling(document) or find_crowded(document)
    if faults:  # the validator stops with a traceback at the first of them, or never
        return faults
    return _faults(document, lambda: DocumentValidator(document).iter_errors())


def find_misplaced(document: dict[str, Any]) -> list[Fault]:
    """Return what stands where OpenAPI 3.1 has no such member, schemas left out: a hundredth of the time of `find_faults`."""
    return _faults(document, lambda: DocumentValidator.schema_validator.iter_errors(document))


def _faults(document: dict[str, Any], look: Callable[[], Iterable[Any]]) -> list[Fault]:
    try:
        errors = list(look())
    except Exception as problem:  # noqa: BLE001 - the validator leaks whatever its resolver meets
        return [Fault((), f"the validator gave up: {type(problem).__name__}: {' '.join(str(problem).split())[:200]}")]
    places = _places(document, errors)
    return [Fault(place, _message(error)) for place, error in zip(places, errors, strict=True)]


def _places(document: dict[str, Any], errors: list[Any]) -> list[Place]:
    """Return the places of errors from the root: those inside schemas the validator gives from the schema."""
    schemas = (
        [(place, schema) for place, schema in walk_schemas(document) if isinstance(schema, dict)] if errors else []
    )
    found: list[Place] = []
    for error in errors:
        own: Place = tuple(error.absolute_path)
        starts = (
            [()] if _holds(document, own, error.instance) else [p for p, s in schemas if _holds(s, own, error.instance)]
        )
        place = next(((*start, *own) for start in starts if (*start, *own) not in found), own)
        found.append(_as_written(document, place))
    return found


def _as_written(document: Any, place: Place) -> Place:
    """Return a place with the keys the document has: the validator makes numbers of statuses."""
    steps: list[str | int] = []
    for step in place:
        steps.append(str(step) if isinstance(document, dict) and step not in document else step)
        try:
            document = document[steps[-1]]
        except (LookupError, TypeError):
            return (*steps, *place[len(steps) :])
    return tuple(steps)


def _holds(node: Any, place: Place, value: Any) -> bool:
    try:
        found = value_at(node, place)
    except (LookupError, TypeError):
        return False
    return found is value if isinstance(value, dict | list) else bool(found == value)


def _message(error: Any) -> str:
    # One of the validator's back ends appends schema and instance to its message, and quotes with other marks.
    text = " ".join(str(getattr(error, "message", error)).split()).partition(" Failed validating ")[0].replace('"', "'")
    choices = list(getattr(error, "context", None) or [])
    listed = next((item for item in choices if item.validator == "enum" and not item.relative_path), None)
    best = min(choices, key=lambda item: len(item.message), default=None)
    if listed is not None:
        text = " ".join(listed.message.split())
    elif best is not None and len(text) > 200:
        text = f"{' '.join(best.message.split())} (at {show_place(tuple(best.absolute_path))})"
    return text if len(text) <= 300 else text[:297] + "…"


def _dangling(document: dict[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    for place, kind, node in walk(document):
        reference = mapping(node).get("$ref")
        if isinstance(reference, str) and not _leads_somewhere(document, reference):
            problem = "points at nothing" if reference.startswith("#") else "leaves the document"
            faults.append(Fault(place, f"the reference {reference} {problem}"))
        if kind is Kind.SCHEMA:
            faults += _lost_variants(document, node, place)
    return faults


def lost_references(document: dict[str, Any]) -> list[Fault]:
    """Return the references to other files and hosts, since a document is taken as one file, and those that lead back to themselves."""
    faults: list[Fault] = []
    for place, _, node in walk(document):
        reference = mapping(node).get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            faults.append(Fault(place, f"the reference {reference} leaves the document"))
        elif isinstance(reference, str) and _is_circle(document, node):
            faults.append(Fault(place, f"the reference {reference} leads back to itself"))
    return faults


def _is_circle(document: dict[str, Any], node: Any) -> bool:
    seen: set[str] = set()
    while isinstance(reference := mapping(node).get("$ref"), str):
        if reference in seen:
            return True
        seen.add(reference)
        try:
            node = resolve_pointer(document, reference)
        except LookupError:
            break
    return False


def _leads_somewhere(document: dict[str, Any], reference: str) -> bool:
    if not reference.startswith("#"):
        return False
    try:
        resolve_pointer(document, reference)
    except LookupError:
        return False
    return True


def _lost_variants(document: dict[str, Any], schema: Any, place: Place) -> list[Fault]:
    targets = mapping(mapping(mapping(schema).get("discriminator")).get("mapping"))
    known = components(document, "schemas")
    return [
        Fault((*place, "discriminator", "mapping", value), f"the variant {target} is no schema of the document")
        for value, target in targets.items()
        if target not in known and not _leads_somewhere(document, str(target))
    ]
