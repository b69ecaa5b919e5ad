"""Bring an effective spec into the form the generators can carry, on a copy that is not committed.

An adaptation never changes the wire; each is noted with its place, and the notes stand in the manifest and the review. The order of the steps counts:
references first, so that the later ones see what is meant, then names, since every step before may add a schema.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from scripts.generate.adapt import (
    directions,
    enums,
    known,
    media,
    names,
    operations,
    parts,
    patterns,
    references,
    schemas,
    security,
    unions,
)
from scripts.generate.adapt.walks import Notes

Step = Callable[[dict[str, Any], Notes], None]

STEPS: tuple[Step, ...] = (
    operations.without_nothing,
    operations.heading,
    operations.dialect,
    operations.without_foreign_extensions,
    references.inline_path_items,
    references.inline_parts,
    references.resolve_schema_references,
    known.operations_known,
    known.schemas_known,
    operations.parameter_contents,
    operations.without_callbacks,
    schemas.boolean_schemas,
    schemas.old_words,
    patterns.patterns,
    schemas.without_discarded_words,
    schemas.type_lists,
    schemas.constants,
    enums.enums,
    schemas.formats,
    schemas.defaults,
    schemas.pattern_properties,
    directions.without_unusable_words,
    parts.demanding_variants,
    parts.name_circles,
    unions.base_unions,
    parts.merge_parts,
    unions.shared_members,
    schemas.break_recursion,
    schemas.open_unions,
    directions.directions,
    operations.operation_ids,
    operations.tags,
    operations.ignored_headers,
    operations.path_parameters,
    operations.responses,
    media.request_bodies,
    media.replies,
    security.schemes,
    security.basic_arguments,
    security.requirements,
    names.equal_tags,
    names.methods,
    names.credentials,
    names.schema_names,
    names.titles,
    names.hoist_long,
)


# For documents that the generator still refuses: everything it resolves in rounds, and loses then, is resolved before.
THOROUGH: tuple[Step, ...] = (parts.merge_all_parts, schemas.split_null, names.titles, names.hoist)


def adapt(document: dict[str, Any], *, thorough: bool = False) -> tuple[dict[str, Any], list[str]]:
    """Return the adapted copy of an OpenAPI 3.1 document and what was adapted, one line each."""
    result = copy.deepcopy(document)
    notes = Notes()
    for step in (*STEPS, *(THOROUGH if thorough else ())):
        step(result, notes)
    return result, list(notes.lines)
