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

    model_config = ConfigDict(extra="allow")

    # Name on the wire → (what was read, what it was read from), for the members whose value is another than what came.
    _came: dict[str, tuple[Any, Any]] = PrivateAttr(default_factory=dict)

    def __init__(self, /, **members: Any) -> None:
        """Make a model from members under their names in Python or on the wire; raises `pydantic.ValidationError`."""
        wires = {name: wire for wire, name in _fields(type(self)).items()}
        super().__init__(**{wires.get(name, name): value for name, value in members.items()})

    # Reading goes by the names on the wire alone and does not come through here: `id` beside `_id` is a member of its own there.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

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
            for wire, raw in data.items():
                value = made._current(wire)
                if _differ(value, raw):
                    made._came[wire] = deepcopy(value), raw
        return made

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        fields = {} if info.by_alias else _fields(type(self))
        for wire, (value, raw) in self._came.items() if info.mode_is_json() else ():
            key = fields.get(wire, wire)
            if key in written and self._current(wire) == value:
                written[key] = raw
        return written

    def _current(self, wire: str) -> Any:
        name = _fields(type(self)).get(wire)
        return (self.__pydantic_extra__ or {}).get(wire) if name is None else self.__dict__.get(name)


def _fields(cls: type[BaseModel]) -> dict[str, str]:
    """Return the name on the wire → the name in Python of each field."""
    return {field.alias or name: name for name, field in cls.model_fields.items()}


def _differ(value: object, raw: object) -> bool:
    """Tell whether a scalar, or one in a list or map, was read as another type than it came in."""
    if isinstance(value, RootModel):
        value = value.root
    if isinstance(raw, list):
        return isinstance(value, list) and any(map(_differ, value, raw))
    if isinstance(raw, dict):
        return isinstance(value, dict) and any(_differ(value.get(name), item) for name, item in raw.items())
    return isinstance(raw, str | int | float) and type(value) is not type(raw)
