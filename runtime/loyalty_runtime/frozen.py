"""A base for small immutable records; attrs or dataclasses would add their import to every program that only imports a client."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar, dataclass_transform

NONE: Any = MappingProxyType({})  # the default of a member that maps names
_set = object.__setattr__


@dataclass_transform(frozen_default=True)
class Frozen:
    """A record of the members that a class annotates, in this order, with the defaults that it gives.

    Refuses assignment and deletion; compares, hashes and prints by the members. With `kw_only` the class's own are named ones only.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _needed: ClassVar[frozenset[str]] = frozenset()
    _order: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        super().__init_subclass__()
        own = [name for name in cls.__annotations__ if not name.startswith("_") and name not in cls._names]
        cls._names = (*cls._names, *own)
        cls._known = frozenset(cls._names)
        cls._needed = frozenset(name for name in cls._names if not hasattr(cls, name))
        cls._order = cls._order if kw_only else (*cls._order, *own)

    def __init__(self, *given: object, **values: object) -> None:
        members = {**dict(zip(self._order, given, strict=False)), **values} if given else values
        if len(members) != len(given) + len(values) or not self._needed <= members.keys() <= self._known:
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names)}; given are {', '.join(members)}.")
        self._fill(**members)
        self._complete()

    def _complete(self) -> None:
        """Check the members, and derive what belongs to them."""

    def _fill(self, **values: object) -> None:
        for name, value in values.items():
            _set(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; make a new one instead of setting {name!r}.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; {name!r} cannot be deleted.")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names)

    def __hash__(self) -> int:
        return hash((type(self), *(repr(getattr(self, name)) for name in self._names)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[object, ...]:
        cls = type(self)  # a default is left to the class, since `NONE` cannot be pickled
        own = {name: getattr(self, name) for name in self._names}
        given = {name: value for name, value in own.items() if value is not getattr(cls, name, _set)}
        return (_rebuild, (cls, given))


def _rebuild(cls: type[Frozen], values: dict[str, object]) -> Frozen:
    made = cls.__new__(cls)
    made._fill(**values)
    return made
