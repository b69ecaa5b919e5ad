"""The arguments of a call, and the types of the generator's properties as code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scripts.generate.template_helpers import text


@dataclass(frozen=True)
class Argument:
    """Hold one argument of a call."""

    name: str
    wire: str
    place: str
    type: str
    required: bool
    about: str
    prop: Any
    default: str = "UNSET"
    written: str = ""

    @property
    def sent(self) -> str:
        """Return the code of what is sent."""
        quoted = ", quoted=True" if self.place == "cookies" else ""
        return f"argument_text({self.name}, {self.written!r}{quoted})" if self.written else self.name

    @property
    def declared(self) -> str:
        """Return `name: type` with its default."""
        return f"{self.name}: {self.type}" if self.required else f"{self.name}: {optional(self.type)} = {self.default}"


def optional(kind: str) -> str:
    """Add the absent value to a type."""
    return kind if re.search(r"\bUnset\b", kind) else f"{kind} | Unset"


def imports_of(props: Iterable[Any], prefix: str) -> tuple[str, ...]:
    """Return the sorted import lines of the names in the types of some properties."""
    found: set[str] = set()
    for prop in props:
        found |= set(prop.get_imports(prefix=prefix)) | set(prop.get_lazy_imports(prefix=prefix))
    return tuple(sorted(found))


def python_type(prop: Any) -> str:
    """Return the type of a property as code, with `| Unset` where it may be absent."""
    return text(prop.get_type_string())
