"""The validator of OpenAPI documents, its slow part done in Rust: schemas are held against the meta schema there.

Only a schema that fails goes to the validator's own check, whose words are the ones to show; both judge patterns as Python does.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

import jsonschema_rs
from openapi_schema_validator import OAS31_BASE_DIALECT_ID, OAS31Validator
from openapi_schema_validator._specifications import REGISTRY
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator


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
