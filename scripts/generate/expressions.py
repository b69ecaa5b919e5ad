"""Python expressions that read and write one property, for the model template.

The generator's own templates write a dozen statements for each property and fail on a null or an unknown value.
Here every property is one expression: a value that does not fit its type passes through unchanged.
"""

from __future__ import annotations

from typing import Any

from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty


class Expressions:
    """Write the expressions of one vendor; `discriminators` maps the class names of a union to its (property, {value: class name})."""

    def __init__(self, discriminators: dict[frozenset[str], tuple[str, dict[str, str]]]) -> None:
        self._discriminators = discriminators

    def read(self, prop: Any, source: str, *, depth: int = 0) -> str:
        """Return the expression that reads a property from the plain name or call `source`."""
        plain = source.isidentifier()
        name, bind = (source, source) if plain else ("v", f"(v := {source})")
        if isinstance(prop, ModelProperty):
            return f"{prop.class_info.name}.from_dict({name}) if type({bind}) is dict else {name}"
        if isinstance(prop, ListProperty):
            inner = self.read(prop.inner_property, f"i{depth}", depth=depth + 1)
            if inner == f"i{depth}":
                return source
            # An empty list stays the list it is: a comprehension over nothing costs more than the test.
            return f"[{inner} for i{depth} in {name}] if type({bind}) is list and {name} else {name}"
        if isinstance(prop, EnumProperty):
            return f"read_enum({prop.class_info.name}, {source})"
        if isinstance(prop, DateTimeProperty):
            return f"read_datetime({source})"
        if isinstance(prop, DateProperty):
            return f"read_date({source})"
        if isinstance(prop, UuidProperty):
            return f"read_uuid({source})"
        if isinstance(prop, FileProperty):
            return f"File({name}) if isinstance({bind}, bytes) else {name}"
        if isinstance(prop, UnionProperty):
            return self._read_union(prop, source, depth)
        return source

    def _read_union(self, prop: UnionProperty, source: str, depth: int) -> str:
        models = [inner for inner in prop.inner_properties if isinstance(inner, ModelProperty)]
        lists = [inner for inner in prop.inner_properties if isinstance(inner, ListProperty)]
        others = [inner for inner in prop.inner_properties if not isinstance(inner, ModelProperty | ListProperty)]
        expression = source
        texts = [inner for inner in others if self.read(inner, "x") != "x"]
        # Readers of text try one after the other: each leaves alone what it cannot read. Enums come last since they take any text.
        for inner in sorted(texts, key=lambda item: isinstance(item, EnumProperty)):
            expression = self.read(inner, expression)
        if lists and self.read(lists[0], "x", depth=depth) != "x":
            expression = self.read(lists[0], expression, depth=depth)
        if len(models) == 1:
            return (
                self.read(models[0], f"({expression})" if " " in expression else expression)
                if expression != source
                else self.read(models[0], source)
            )
        if models:
            names = [inner.class_info.name for inner in models]
            found = self._discriminators.get(frozenset(names))
            if found:
                pairs = ", ".join(f"{value!r}: {name}" for value, name in found[1].items())
                # Classes that no value stands for are told apart by their members.
                rest = "".join(f"{name}, " for name in names if name not in found[1].values())
                return f"read_union({expression}, ({rest}), {found[0]!r}, {{{pairs}}})"
            return f"read_union({expression}, ({', '.join(names)},))"
        return expression

    def write(self, prop: Any, source: str, *, depth: int = 0) -> str:
        """Return the expression that turns a property back into plain JSON; `source` is a plain name."""
        if isinstance(prop, ModelProperty):
            return f"{source}.to_dict() if isinstance({source}, {prop.class_info.name}) else {source}"
        if isinstance(prop, ListProperty):
            inner = self.write(prop.inner_property, f"i{depth}", depth=depth + 1)
            if inner == f"i{depth}":
                return source
            return f"[{inner} for i{depth} in {source}] if {source} and isinstance({source}, list) else {source}"
        if isinstance(prop, EnumProperty):
            return f"{source}.value if isinstance({source}, {prop.class_info.name}) else {source}"
        if isinstance(prop, DateTimeProperty | DateProperty):
            return f"{source}.isoformat() if isinstance({source}, datetime.date) else {source}"
        if isinstance(prop, UuidProperty):
            return f"str({source}) if isinstance({source}, UUID) else {source}"
        if isinstance(prop, UnionProperty):
            return self._write_union(prop, source, depth)
        return source

    def _write_union(self, prop: UnionProperty, source: str, depth: int) -> str:
        """Chain the conditional expressions of the variants: each begins with its own test."""
        expression, models = source, False
        for inner in reversed(prop.inner_properties):
            if isinstance(inner, ModelProperty):
                models = True
                continue
            own = self.write(inner, source, depth=depth)
            if own != source:
                expression = own[: -len(source)] + expression
        if models:
            names = [inner.class_info.name for inner in prop.inner_properties if isinstance(inner, ModelProperty)]
            test = names[0] if len(names) == 1 else f"({', '.join(names)})"
            expression = f"{source}.to_dict() if isinstance({source}, {test}) else {expression}"
        return expression

    def is_plain(self, prop: Any) -> bool:
        """Tell whether a property is the same in Python and in JSON."""
        return isinstance(prop, AnyProperty) or self.write(prop, "v") == "v"
