"""A base for small immutable records; attrs would add 40 ms to every program that only imports a client."""

from __future__ import annotations

_set = object.__setattr__


class Frozen:
    """Refuse assignment and deletion; compare, hash and print by the values in `__slots__`."""

    __slots__ = ()

    def _fill(self, **values: object) -> None:
        for name, value in values.items():
            _set(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; make a new one instead of setting {name!r}.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; {name!r} cannot be deleted.")

    def _names(self) -> list[str]:
        return [
            name for cls in type(self).__mro__ for name in getattr(cls, "__slots__", ()) if not name.startswith("_")
        ]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names())

    def __hash__(self) -> int:
        return hash((type(self), *(repr(getattr(self, name)) for name in self._names())))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names())
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), {name: getattr(self, name) for name in self._names()}))


def _rebuild(cls: type[Frozen], values: dict[str, object]) -> Frozen:
    made = cls.__new__(cls)
    for name, value in values.items():
        _set(made, name, value)
    return made
