"""Give the names of `scripts.common.names` to what the generator has parsed.

The generator names members and arguments itself, depending on what stands beside them, and stops where two are equal. So names it cannot tell apart are
replaced before it parses, and every Python name is set after.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts.common.document import METHODS, mapping, resolve, walk_schemas
from scripts.common.names import RESERVED_ARGUMENTS, allocate, attribute_name, numbered
from scripts.generate.model_facts import ModelFacts
from scripts.generate.template_helpers import text

Tokens = dict[str, str]

_PLACE = re.compile(r"[a-zA-Z_-][a-zA-Z0-9_-]*")  # what the generator takes for a name in a path


def with_tokens(document: dict[str, Any]) -> tuple[dict[str, Any], Tokens]:
    """Return the document with a token in place of each member and parameter that the generator cannot tell from another, and token → name on the wire."""
    tokens: Tokens = {}
    members = _equal_members(document)
    paths = {path: pairs for path in document.get("paths") or {} if (pairs := _equal_parameters(document, path))}
    if not members and not paths:
        return document, tokens
    result = copy.deepcopy(document)
    taken = _all_names(document)
    named = {name: _token(name, tokens, taken) for name in sorted(members)}
    for _, schema in walk_schemas(result):
        if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
            schema["properties"] = {named.get(name, name): inner for name, inner in schema["properties"].items()}
            if isinstance(schema.get("required"), list):
                schema["required"] = [named.get(name, name) for name in schema["required"]]
    result["paths"] = dict(
        _renamed_path(result, path, item, {pair: _token(pair[1], tokens, taken) for pair in paths.get(path, ())})
        for path, item in result["paths"].items()
    )
    return result, tokens


def _token(name: str, tokens: Tokens, taken: set[str]) -> str:
    readable = attribute_name(name)
    wanted = numbered(readable if _PLACE.fullmatch(readable) else "part", taken.__contains__)
    taken.add(wanted)
    tokens[wanted] = name
    return wanted


def _all_names(document: dict[str, Any]) -> set[str]:
    members = {name for _, schema in walk_schemas(document) for name in mapping(mapping(schema).get("properties"))}
    declared = [raw for item in document["paths"].values() for _, raw in _declared(item)]
    found = members | {str(resolve(document, raw).get("name")) for raw in declared}
    # A token must not be what the generator makes of another name.
    return found | {str(PythonIdentifier(name, "field_", skip_snake_case=True)) for name in found}


def _equal_members(document: dict[str, Any]) -> set[str]:
    """Return the members that the generator could take for another one wherever they meet."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in {name for _, schema in walk_schemas(document) for name in mapping(mapping(schema).get("properties"))}:
        groups[PythonIdentifier(name, "field_", skip_snake_case=True)].append(name)
    return {name for group in groups.values() if len(group) > 1 for name in group if not name.isidentifier()}


def _equal_parameters(document: dict[str, Any], path: str) -> list[tuple[str, str]]:
    """Return the (place, name) of the parameters of a path that the generator could take for another one, or does not find in the path."""
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for _, raw in _declared(document["paths"][path]):
        found = resolve(document, raw)
        groups[PythonIdentifier(str(found.get("name")), "field_")].add((str(found.get("in")), str(found.get("name"))))
    equal = {pair for group in groups.values() if len({name for _, name in group}) > 1 for pair in group}
    unread = {
        pair for group in groups.values() for pair in group if pair[0] == "path" and not _PLACE.fullmatch(pair[1])
    }
    return sorted(equal | unread)


def _declared(item: dict[str, Any]) -> Iterator[tuple[list[Any], Any]]:
    for owner in (item, *(mapping(item.get(method)) for method in METHODS)):
        for raw in owner.get("parameters") or []:
            yield owner["parameters"], raw


def _renamed_path(
    document: dict[str, Any], path: str, item: dict[str, Any], named: dict[tuple[str, str], str]
) -> tuple[str, dict[str, Any]]:
    for declared, raw in list(_declared(item)):
        found = resolve(document, raw)
        token = named.get((str(found.get("in")), str(found.get("name"))))
        if token:
            declared[declared.index(raw)] = {**found, "name": token}
    for (place, name), token in named.items():
        path = path.replace(f"{{{name}}}", f"{{{token}}}") if place == "path" else path
    return path, item


def apply_names(data: GeneratorData, facts: ModelFacts, tokens: Tokens) -> None:
    """Set the names on the wire and in Python of every member and argument."""
    names = _Names(tokens, facts)
    for model in data.models:
        names.members(model)
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            names.arguments(endpoint)


class _Names:
    def __init__(self, tokens: Tokens, facts: ModelFacts) -> None:
        self._tokens, self._facts = tokens, facts
        self._seen: set[int] = set()

    def members(self, prop: Any) -> None:
        """Name the members of a model, and of everything its own type consists of."""
        if isinstance(prop, ListProperty):
            self.members(prop.inner_property)
        elif isinstance(prop, UnionProperty):
            for inner in prop.inner_properties:
                self.members(inner)
        elif isinstance(prop, ModelProperty) and id(prop.required_properties) not in self._seen:
            groups = [group for group in (prop.required_properties, prop.optional_properties) if group is not None]
            self._seen |= {id(group) for group in groups}
            wires = [self._wire(item) for group in groups for item in group]
            found = allocate(wires, stated=self._facts.stated(prop))
            for group in groups:
                # A member that is inherited is one object in several models.
                group[:] = [_named(copy.copy(item), found, self._wire(item)) for item in group]
                for item in group:
                    self.members(item)

    def arguments(self, endpoint: Endpoint) -> None:
        """Name the arguments of a call: those of the path by themselves, then the others in the order of their names."""
        taken: set[str] = set()
        groups = (
            ("path", endpoint.path_parameters),
            ("query", endpoint.query_parameters),
            ("header", endpoint.header_parameters),
            ("cookie", endpoint.cookie_parameters),
        )
        for place, group in groups:
            wires = [self._wire(item) for item in group]
            found = allocate(wires, reserved=RESERVED_ARGUMENTS, suffix=f"_{place}", taken=taken)
            taken |= set(found.values())
            group[:] = [_named(copy.copy(item), found, self._wire(item)) for item in group]
            for item in group:
                self.members(item)
        for body in endpoint.bodies:
            self.members(body.prop)
        default = endpoint.responses.default
        for response in [*endpoint.responses.patterns, *([default] if default else [])]:
            self.members(response.prop)

    def _wire(self, prop: Any) -> str:
        name = text(prop.name)
        return self._tokens.get(name, name)


def _named(prop: Any, found: dict[str, str], wire: str) -> Any:
    object.__setattr__(prop, "name", UntrustedString(wire))
    object.__setattr__(prop, "python_name", _Given(found[wire]))
    return prop


class _Given(PythonIdentifier):
    """A name that is given, not derived."""

    def __new__(cls, name: str) -> _Given:
        return str.__new__(cls, name)
