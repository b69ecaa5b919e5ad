"""What is wrong with a request, in our own words, from the errors of the libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema.exceptions import ValidationError as SchemaError
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequiredParameter,
    MissingRequiredRequestBody,
    ParameterValidationError,
)
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from .exchange import Fault


def request_faults(error: Exception) -> Iterator[Fault]:
    """Say which parameter or body member an error of openapi-core is about."""
    where: str = "body"
    names: tuple[str, ...] = ()
    if isinstance(error, ParameterValidationError):
        where, names = error.location, (error.name,)
    cause = error.__cause__
    if isinstance(error, MissingRequiredParameter | MissingRequiredRequestBody):
        yield Fault(where, names, "required", "is required")
    elif isinstance(cause, InvalidSchemaValue):
        yield from schema_faults(where, names, cause.schema_errors)
    elif isinstance(cause, MediaTypeNotFound):
        yield Fault(
            where,
            names,
            "media-type",
            f"takes {', '.join(cause.availableMimetypes)}",
            list(cause.availableMimetypes),
            cause.mimetype,
        )
    elif isinstance(cause, MediaTypeDeserializeError):
        yield Fault(where, names, "malformed", "cannot be read")
    else:
        yield Fault(where, names, "type", "has a wrong value")


def schema_faults(where: str, names: tuple[str, ...], errors: Iterable[Exception]) -> Iterator[Fault]:
    """Turn errors of JSON Schema into faults; a missing member is named itself, not the object around it."""
    for error in errors:
        if not isinstance(error, SchemaError):
            continue
        place = (*names, *error.absolute_path)
        instance: Any = error.instance
        rule: Any = error.validator_value
        if error.validator == "required" and isinstance(instance, dict):
            for name in rule:
                if name not in instance:
                    yield Fault(where, (*place, name), "required", "is required")
        else:
            yield Fault(where, place, str(error.validator), error.message[:200], rule, instance)
