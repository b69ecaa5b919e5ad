"""The types of the generator's properties as code: arguments of a call, members of a model (what reading gives, what the constructor takes), and the docstring that lists them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.generate.template_helpers import WIDTH, text, wrap


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


def read_type(prop: Any, *, expected: bool = False) -> str:
    """Return the type of an attribute: what may be absent reads None, unless samples always show it."""
    kind = text(prop.get_type_string(no_optional=True))
    if prop.required or expected or kind == "Any" or "None" in kind.split(" | "):
        return kind
    return f"{kind} | None"


def accepted_type(prop: Any) -> str:
    """Return what may be given for a value: plain text for enums, mappings for models, any sequence for lists."""
    return " | ".join(dict.fromkeys(_accepted(prop)))


def _accepted(prop: Any) -> list[str]:
    if isinstance(prop, UnionProperty):
        parts = [part for inner in prop.inner_properties for part in _accepted(inner)]
        return sorted(parts, key=lambda part: part == "None")
    if isinstance(prop, ModelProperty):
        return [str(prop.class_info.name), "Mapping[str, Any]"]
    if isinstance(prop, EnumProperty):
        return [str(prop.class_info.name), prop.value_type.__name__]
    if isinstance(prop, ListProperty):
        return [f"Sequence[{accepted_type(prop.inner_property)}]"]
    if isinstance(prop, FileProperty):
        return ["File", "bytes", "PathLike[str]"]
    return [text(prop.get_type_string(no_optional=True))]


def constructor_argument(prop: Any) -> str:
    """Declare a member as an argument of the constructor."""
    kind = accepted_type(prop)
    if prop.default is not None:
        return f"{prop.python_name}: {kind} | Unset = {prop.default.python_code.as_unembedded_code()}"
    return f"{prop.python_name}: {kind}" if prop.required else f"{prop.python_name}: {kind} | Unset = UNSET"


def constructor_lines(prop: Any) -> str:
    """Return the statements of the constructor that set a member."""
    same = {*accepted_type(prop).split(" | ")} == {*text(prop.get_type_string(no_optional=True)).split(" | ")}
    value = str(prop.python_name) if same else f"_given({prop.python_name})"
    line = f"self.{prop.python_name} = {value}"
    if prop.required and prop.default is None:
        return line
    return f"if not isinstance({prop.python_name}, Unset):\n    {line}"


def model_doc(model: Any, expected: frozenset[str], confidence: Mapping[str, str]) -> str:
    """Write the docstring of a model: description, how sure it is, then its attributes."""

    def describe(prop: Any) -> str:
        wire = text(prop.name)
        about = " ".join(text(prop.description).split())
        if wire in expected:
            about = f"{about} The vendor's samples always show it.".strip()
        if wire in confidence:
            about = f"{about} Confidence: {confidence[wire]}.".strip()
        kind = read_type(prop, expected=wire in expected)
        folded = textwrap.fill(
            f"{prop.python_name} ({kind}): {about}".rstrip(": "),
            WIDTH,
            subsequent_indent="    ",
            break_long_words=False,
        )
        return textwrap.indent(folded, "    ")

    about = text(model.description) or text(model.data.title) or f"{model.class_info.name}."
    parts = [wrap(about)]
    if "" in confidence:
        parts.append(f"Confidence: {confidence['']}; the vendor does not state it in full.")
    properties = model.required_properties + model.optional_properties
    if properties:
        parts.append("\n".join(["Attributes:", *map(describe, properties)]))
    return "\n\n".join(parts)
