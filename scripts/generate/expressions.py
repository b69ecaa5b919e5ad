"""Python code that reads and writes one property, for the model template.

The generator's own templates write a dozen statements for each property and lose a whole reply over one odd value.
Here a member whose type one test can tell is read in place; what fails the test, and every other type, goes to `loyalty_runtime.declared.reading`.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from scripts.generate.template_helpers import text

_SCALARS: dict[type, tuple[str, ...]] = {
    StringProperty: ("str",),
    IntProperty: ("int",),
    FloatProperty: ("float", "int"),
    BooleanProperty: ("bool",),
    NoneProperty: ("None",),
}
_READERS: dict[type, str] = {DateTimeProperty: "read_datetime", DateProperty: "read_date", UuidProperty: "read_uuid"}
_SETS = {("str",): "STR", ("int",): "INT", ("bool",): "BOOL", ("float", "int"): "NUMBER"}
_READ = re.compile(r"\b(\w+)\._read\(")


def scalars(prop: Any) -> tuple[str, ...]:
    """Return the JSON types of a property that is the same in Python, none for every other one."""
    if not isinstance(prop, UnionProperty):
        return _SCALARS.get(type(prop), ())
    found = [scalars(inner) for inner in prop.inner_properties]
    return tuple(dict.fromkeys(name for names in found for name in names)) if all(found) else ()


def type_set(names: tuple[str, ...]) -> str:
    """Write the set of these types."""
    listed = ", ".join("type(None)" if name == "None" else name for name in names)
    return _SETS.get(names, f"frozenset([{listed}])")


def without_null(prop: Any) -> tuple[Any, bool]:
    """Return the one type of a property beside null, and whether null is allowed."""
    if not isinstance(prop, UnionProperty):
        return prop, False
    others = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
    return (others[0] if len(others) == 1 else prop), len(others) < len(prop.inner_properties)


class Expressions:
    """Write the code of one vendor; `discriminators` maps the class names of a union to its (property, {value: class name})."""

    def __init__(self, discriminators: dict[frozenset[str], tuple[str, dict[str, str]]]) -> None:
        self._discriminators = discriminators

    def read_member(self, prop: Any, *, expected: bool = False) -> str:
        """Return the statements that read a member of the object `d` into `self`; `get` is its method.

        Readers of other models are called by the names that `hoisted` lists: looking them up on their class costs a third of the call.
        """
        return _READ.sub(r"_read_\1(", self._read_member(prop, expected=expected))

    def hoisted(self, properties: list[Any]) -> list[str]:
        """Return the models whose readers `read_member` calls."""
        return sorted({name for prop in properties for name in _READ.findall(self._read_member(prop))})

    def _read_member(self, prop: Any, *, expected: bool = False) -> str:
        name, wire = str(prop.python_name), repr(text(prop.name))
        source, target = f"d[{wire}]" if prop.required else f"get({wire})", f"self.{name}"
        odd = f"misfit(self, d, {wire})"
        if isinstance(prop, AnyProperty | FileProperty):
            if prop.required:
                return f"if (v := {source}) is not UNSET:\n    {target} = v\nelse:\n    {odd}"
            return f"if (v := {source}) is not None or {wire} in d:\n    {target} = v"
        inner, nullable = without_null(prop)
        test, value = self._tested(inner, f"v := {source}")
        if isinstance(inner, IntProperty):
            odd = f"convert(self, d, {name!r}, {wire}, whole)"
        if not test:
            odd = f"convert(self, d, {name!r}, {wire}, {self.reader(prop if inner is prop else inner)})"
            if prop.required and not nullable:
                return odd
            lines = [f"if (v := {source}) is not None:", f"    {odd}"]
        else:
            lines = [f"if {test}:", f"    {target} = {value}"]
            if not prop.required:
                lines += ["elif v is not None:", f"    {odd}"]
        if prop.required:
            if nullable:
                lines += ["elif v is None:" if test else "else:", f"    {target} = None"]
            return "\n".join([*lines, "else:", f"    {odd}"] if test else lines)
        null = f"misfit(self, d, {wire})" if expected and not nullable else f"{target} = None"
        return "\n".join([*lines, f"elif {wire} in d:", f"    {null}"])

    def _tested(self, prop: Any, bound: str) -> tuple[str, str]:
        """Return a test of the value that is bound to `v`, and the expression that reads what passes it; nothing where one test cannot tell."""
        if names := scalars(prop):
            first, *others = names
            more = "".join(f" or v is {name}" if name == "None" else f" or type(v) is {name}" for name in others)
            return f"type({bound}) is {'type(None)' if first == 'None' else first}{more}", "v"
        if isinstance(prop, ModelProperty):
            return f"type({bound}) is dict", f"{prop.class_info.name}._read(v)"
        if isinstance(prop, EnumProperty):
            return f"type({bound}) is {prop.value_type.__name__}", f"read_enum({prop.class_info.name}, v)"
        if not isinstance(prop, ListProperty):
            return "", ""
        item = prop.inner_property
        if names := scalars(item):
            return f"type({bound}) is list and {type_set(names)}.issuperset(map(type, v))", "v"
        if isinstance(item, AnyProperty):
            return f"type({bound}) is list", "v"
        if isinstance(item, EnumProperty):
            test = f"type({bound}) is list and {type_set((item.value_type.__name__,))}.issuperset(map(type, v))"
            return test, f"[read_enum({item.class_info.name}, i0) for i0 in v]"
        if isinstance(item, ModelProperty):
            # An empty list stays the list it is: a comprehension over nothing costs more than the test.
            return f"type({bound}) is list", f"[{self.expression(item, 'i0')} for i0 in v] if v else v"
        return "", ""

    def reader(self, prop: Any) -> str:
        """Return a function of one value that raises `NoFit`."""
        return _READERS.get(type(prop)) or f"lambda x0: {self.expression(prop, 'x0', depth=1)}"

    def expression(self, prop: Any, name: str, *, depth: int = 0) -> str:
        """Return the expression that reads the value `name`, or raises `NoFit`; an object in a list is never refused."""
        if isinstance(prop, ModelProperty):
            model = prop.class_info.name
            return f"{model}._read({name}) if type({name}) is dict else hollow({model}, {name})"
        if isinstance(prop, ListProperty):
            item, inner = f"i{depth}", prop.inner_property
            models = self._models(inner) if isinstance(inner, UnionProperty) else []
            read = (
                f"read_item({item}, {models[0]}, {self.reader(inner)})"
                if models
                else self.expression(inner, item, depth=depth + 1)
            )
            return f"[{read} for {item} in items({name})]"
        if isinstance(prop, EnumProperty):
            return f"read_enum({prop.class_info.name}, {name})"
        if type(prop) in _READERS:
            return f"{_READERS[type(prop)]}({name})"
        if isinstance(prop, IntProperty):
            return f"whole({name})"
        if names := scalars(prop):
            return f"fit({name}, {type_set(names)})"
        if isinstance(prop, UnionProperty):
            return self._union(prop, name, depth)
        return name

    @staticmethod
    def _models(prop: UnionProperty) -> list[str]:
        return [str(inner.class_info.name) for inner in prop.inner_properties if isinstance(inner, ModelProperty)]

    def _union(self, prop: UnionProperty, name: str, depth: int) -> str:
        """Texts of a narrower kind are tried before plain ones; an enum takes any text."""
        order = (NoneProperty, BooleanProperty, IntProperty, FloatProperty, *_READERS, EnumProperty, StringProperty)
        rest = [inner for inner in prop.inner_properties if not isinstance(inner, ModelProperty)]
        rest.sort(key=lambda inner: order.index(type(inner)) if type(inner) in order else len(order))
        argument = f"x{depth}"
        readers = [
            _READERS.get(type(inner)) or f"lambda {argument}: {self.expression(inner, argument, depth=depth + 1)}"
            for inner in rest
        ]
        if models := self._models(prop):
            readers.append(f"lambda {argument}: {self._object(models, argument)}")
        return f"read_first({name}, ({', '.join(readers)},))" if len(readers) > 1 else self._object(models, name)

    def _object(self, models: list[str], name: str) -> str:
        found = self._discriminators.get(frozenset(models)) if len(models) > 1 else None
        if found is None:
            return f"read_union({name}, ({', '.join(models)},))"
        pairs = ", ".join(f"{value!r}: {model}" for value, model in found[1].items())
        # Classes that no value stands for are told apart by their members.
        rest = "".join(f"{model}, " for model in models if model not in found[1].values())
        return f"read_union({name}, ({rest}), {found[0]!r}, {{{pairs}}})"

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
        expression, models = source, self._models(prop)
        for inner in reversed(prop.inner_properties):
            if isinstance(inner, ModelProperty):
                continue
            own = self.write(inner, source, depth=depth)
            if own != source:
                expression = own[: -len(source)] + expression
        if models:
            test = models[0] if len(models) == 1 else f"({', '.join(models)})"
            expression = f"{source}.to_dict() if isinstance({source}, {test}) else {expression}"
        return expression

    def is_plain(self, prop: Any) -> bool:
        """Tell whether a property is the same in Python and in JSON."""
        return isinstance(prop, AnyProperty) or self.write(prop, "v") == "v"
