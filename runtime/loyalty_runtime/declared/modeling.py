"""What generated models are made of.

A member that came and fits is a plain slot. A slot without a value means: the member is absent, or what came does not fit.
Then `__getattr__` answers None, or raises `MisfitError`. A class that has one reads all its members more slowly, so only models with
optional members have it (`Sparse`); another model changes to its sparse twin when a misfit is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from ..errors import DecodeError, MisfitError
from ..types import UNSET

_ABSENT = object()


class NotAnObject(DecodeError, TypeError):
    """A model was given something else than a JSON object."""

    def __init__(self, problem: str) -> None:
        DecodeError.__init__(self, problem)


class Model:
    """Base of generated models: members by name, unknown members as they came, JSON back and forth.

    `"member" in model` tells an absent member from null; `del model.member` leaves a member out.
    """

    __slots__ = ("_came", "_extra")

    MEMBERS: ClassVar[frozenset[str]] = frozenset()
    """The names on the wire."""
    REQUIRED: ClassVar[frozenset[str]] = frozenset()
    """Those that an object must have, by the spec."""
    NAMES: ClassVar[Mapping[str, str]] = {}
    """Name in Python → name on the wire, in the order of the constructor."""
    OPTIONAL: ClassVar[frozenset[str]] = frozenset()
    """The names in Python that read None where the member is absent."""
    CONFIDENCE: ClassVar[Mapping[str, str]] = {}
    """Name on the wire → high, medium or low, where the description is inferred; the model itself stands under an empty name."""

    # What a value was read from, and whether it still stands: name on the wire (None: the whole) → (value, what came).
    _came: dict[str | None, tuple[Any, Any]] | None
    _extra: dict[str, Any] | None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a JSON object; a member that is missing or does not fit is left unset, and reading it raises `MisfitError`.

        Raises `DecodeError` for what is no object.
        """
        return cls._read(src_dict if type(src_dict) is dict else _object_of(cls, src_dict))

    @classmethod
    def _read(cls, d: dict[str, Any]) -> Self:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: present members under their names on the wire, everything else as it came."""
        return written(self)

    def __contains__(self, name: object) -> bool:
        """Tell whether a member is there, null included; by its name on the wire or in Python."""
        if name in self.MEMBERS or name in self.NAMES:
            wires = {wire: key for key, wire in self.NAMES.items()}
            key = wires.get(cast("str", name), cast("str", name))
            return _slot(self, key) is not _ABSENT or self.NAMES[key] in (self._came or {})
        return name in (self._extra or {}) or name in (self._came or {})

    if TYPE_CHECKING:
        additional_properties: dict[str, Any]
        """Members that the model does not know, under their names on the wire."""
    else:

        @property
        def additional_properties(self) -> dict[str, Any]:
            if self._extra is None:
                self._extra = {}
            return self._extra

        @additional_properties.setter
        def additional_properties(self, value: dict[str, Any]) -> None:
            self._extra = value

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Walk the members of the JSON object: `dict(model)` is `to_dict()`, also for tools that know no more, as FastAPI without a type."""
        return iter(self.to_dict().items())

    def __getitem__(self, key: str) -> Any:
        extra = self._extra or {}
        if key not in extra and key in (self._came or {}) and key not in self.MEMBERS:
            raise MisfitError(type(self).__name__, key, (self._came or {})[key][1])
        return extra[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or _plain_class(type(self)) is not _plain_class(type(other)):
            return NotImplemented
        return _content(self) == _content(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in _filled(self).items()]
        shown += [f"{name}=<misfit>" for name, wire in self.NAMES.items() if wire in _misfits(self)]
        if self._extra:
            shown.append(f"additional_properties={self._extra!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (_plain_class(type(self)), _filled(self), self._extra, self._came)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic, and so FastAPI, take and return models; imported only when pydantic asks."""
        from .pydantic_bridge import core_schema_of

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "title": cls.__name__}


class Sparse(Model):
    """A model some of whose slots may have no value."""

    __slots__ = ()

    if not TYPE_CHECKING:  # or checkers would let every misspelt member pass

        def __getattr__(self, name: str) -> Any:
            return _read_unset(self, name)


def make_sparse(model: Model) -> None:
    """Change a model to its sparse twin: a subclass of the same name that differs in nothing else."""
    cls = type(model)
    if not issubclass(cls, Sparse):
        twin = cls.__dict__.get("_twin")
        if twin is None:
            names = {
                "__slots__": (),
                "__module__": cls.__module__,
                "__qualname__": cls.__qualname__,
                "__doc__": cls.__doc__,
            }
            bases: tuple[type, ...] = (cls, Sparse)
            twin = type(cls.__name__, bases, {**names, "_twin_of": cls})  # pyright: ignore[reportGeneralTypeIssues]
            cls._twin = twin  # type: ignore[attr-defined]
        model.__class__ = twin


def _object_of(cls: type[Model], given: object) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    raise NotAnObject(f"{cls.__name__} is read from a JSON object, not from {type(given).__name__}")


def _plain_class(cls: type[Model]) -> type[Model]:
    plain: type[Model] = cls.__dict__.get("_twin_of", cls)
    return plain


def _revive(cls: type[Model], filled: dict[str, Any], extra: Any, came: Any) -> Model:
    model = cls.__new__(cls)
    model._extra, model._came = extra, came
    for name, value in filled.items():
        setattr(model, name, value)
    if len(filled) < len(cls.NAMES):
        make_sparse(model)
    return model


def _read_unset(model: Model, name: str) -> Any:
    """Read a slot that has no value."""
    cls = type(model)
    wire = cls.NAMES.get(name)
    if wire is None:
        raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}", name=name, obj=model)
    came = model._came or {}
    for key in (wire, None):
        if key in came and came[key][0] is UNSET:
            raise MisfitError(cls.__name__, wire, came[key][1])
    if name in cls.OPTIONAL:
        return None
    raise MisfitError(cls.__name__, wire)


def _slot(model: Model, name: str) -> Any:
    try:
        return object.__getattribute__(model, name)
    except AttributeError:
        return _ABSENT


def _filled(model: Model) -> dict[str, Any]:
    found = {name: _slot(model, name) for name in model.NAMES}
    return {name: value for name, value in found.items() if value is not _ABSENT}


def _misfits(model: Model) -> dict[str | None, Any]:
    filled = {model.NAMES[name] for name in _filled(model)} if model._came else set()
    return {wire: came for wire, (value, came) in (model._came or {}).items() if value is UNSET and wire not in filled}


def _content(model: Model) -> tuple[Any, ...]:
    return _filled(model), model._extra or {}, _misfits(model)


def has_member(model: Model, name: str) -> bool:
    """Tell whether the slot of a member has a value."""
    return _slot(model, name) is not _ABSENT


def given(value: Any) -> Any:
    """Take an argument of a constructor as it is, but a tuple as a list."""
    return list(value) if isinstance(value, tuple) else value


def is_null(model: Model, name: str) -> bool:
    """Tell whether an optional member that reads None is there."""
    return _slot(model, name) is None


def written(model: Model) -> dict[str, Any]:
    """Write a model member by member: what was read and not changed goes back as it came."""
    came = model._came or {}
    if None in came:
        return cast("dict[str, Any]", came[None][1])

    def as_it_came(wire: str, value: Any) -> Any:
        read, raw = came.get(wire, (_ABSENT, _ABSENT))
        same = (value is _ABSENT and read is UNSET) or (type(value) is type(read) and value == read)
        return raw if same else value

    slots = {wire: as_it_came(wire, _slot(model, name)) for name, wire in model.NAMES.items()}
    members = {wire: plain(value) for wire, value in slots.items() if value is not _ABSENT}
    extra = {wire: as_it_came(wire, value) for wire, value in (model._extra or {}).items()}
    others = {str(wire): raw for wire, (_, raw) in came.items() if wire not in model.MEMBERS and wire not in extra}
    return {**plain(extra), **others, **members}


def plain(value: Any) -> Any:
    """Turn a value of a model back into JSON."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if type(value).__name__ == "UUID":
        return str(value)
    return value


def form_parts(members: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return the parts of a form: a list repeats its name, and a list in a list goes as JSON."""
    return [
        (name, _as_json(item) if isinstance(item, list) else item)
        for name, value in members.items()
        for item in (value if isinstance(value, list | tuple) and not _is_file(value) else [value])
    ]


def _as_json(value: list[Any]) -> tuple[None, str, str]:
    from ..wire.jsonio import dump_json

    return None, dump_json(value).decode(), "application/json"


def _is_file(value: Any) -> bool:
    """Tell a tuple of file name, payload and media type from a list of values."""
    return isinstance(value, tuple) and len(value) > 1 and (value[0] is None or not isinstance(value[1], str))
