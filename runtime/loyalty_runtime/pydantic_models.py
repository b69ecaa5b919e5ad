"""The base of the pydantic models: they read what the clients' models read, and write the same object back."""

from __future__ import annotations

from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
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
            for name, field in cls.model_fields.items():
                raw = data.get(field.alias or name)
                value = getattr(made, name, None)
                if isinstance(raw, str | int | float) and type(value) is not type(raw):
                    made._came[name] = value, raw
        return made

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        for name, (value, raw) in self._came.items() if info.mode_is_json() else ():
            for key in (type(self).model_fields[name].alias, name):
                if key in written and getattr(self, name) == value:
                    written[key] = raw
        return written
