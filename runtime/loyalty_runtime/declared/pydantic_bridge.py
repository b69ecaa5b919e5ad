"""Models where pydantic reads types: members of pydantic models, FastAPI bodies and results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_plain_validator_function, plain_serializer_function_ser_schema

from ..errors import DecodeError
from .modeling import Model


def core_schema_of(cls: type[Model]) -> CoreSchema:
    """Return a schema that takes a model or its JSON object, and writes `to_dict()`."""

    def read(value: Any) -> Model:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(f"{cls.__name__} is read from a JSON object")
        try:
            return cls.from_dict(value)
        except DecodeError as error:
            raise ValueError(str(error)) from None

    return no_info_plain_validator_function(
        read, serialization=plain_serializer_function_ser_schema(lambda model: model.to_dict())
    )
