"""Models where pydantic reads types: members of pydantic models, FastAPI bodies and results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_plain_validator_function, plain_serializer_function_ser_schema

from ..errors import DecodeError


class Readable(Protocol):
    """What a generated model offers here."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self: ...

    def to_dict(self) -> dict[str, Any]: ...


def core_schema_of(cls: type[Readable]) -> CoreSchema:
    """Return a schema that takes a model or its JSON object, and writes `to_dict()`."""

    def read(value: Any) -> Readable:
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
