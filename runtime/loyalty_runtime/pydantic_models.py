"""The base of the pydantic models: they read what the clients' models read, and write the same object back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    RootModel,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)


class VendorModel(BaseModel):
    """A model of a vendor's object, for webhooks, queues and bodies of your own service.

    Unknown members and new values of lists are kept. What was read goes back as it came (`to_dict`) until it is changed: a time in the
    vendor's notation, a number that came as text.
    """

    model_config = ConfigDict(extra="allow", validate_by_name=True, validate_by_alias=True)

    # Python name → (what was read, what it was read from), for the members whose value is another than what came.
    _came: dict[str, tuple[Any, Any]] = PrivateAttr(default_factory=dict)

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Self:
        """Read a JSON object; raises `pydantic.ValidationError`."""
        return cls.model_validate(src_dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: the members that are there, under their names on the wire."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(data)
        if isinstance(data, dict):
            for name, value in {**made.__dict__, **(made.__pydantic_extra__ or {})}.items():
                field = cls.model_fields.get(name)
                raw = data.get(field.alias, data.get(name)) if field and field.alias else data.get(name)
                if _differ(value, raw):
                    made._came[name] = deepcopy(value), raw
        return made

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        current = {**self.__dict__, **(self.__pydantic_extra__ or {})}
        for name, (value, raw) in self._came.items() if info.mode_is_json() else ():
            field = type(self).model_fields.get(name)
            key = field.alias if info.by_alias and field and field.alias else name
            if key in written and current.get(name) == value:
                written[key] = raw
        return written


def _differ(value: object, raw: object) -> bool:
    """Tell whether a scalar, or one in a list or map, was read as another type than it came in."""
    if isinstance(value, RootModel):
        value = value.root
    if isinstance(raw, list):
        return isinstance(value, list) and any(map(_differ, value, raw))
    if isinstance(raw, dict):
        return isinstance(value, dict) and any(_differ(value.get(name), item) for name, item in raw.items())
    return isinstance(raw, str | int | float) and type(value) is not type(raw)
