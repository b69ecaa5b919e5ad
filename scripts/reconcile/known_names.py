"""`names.yaml` from two documents: the operations are matched, and the classes that users know are found by the places where they stand."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from scripts.common.document import components, join_pointer, mapping, operations, walk_schemas
from scripts.common.jsonpath import Place, value_at
from scripts.common.names import call_of, known_id, known_tag, method_name, module_name
from scripts.generate.adapt import adapt
from scripts.generate.adapt.known import shape, tells
from scripts.generate.adapt.names import inline_classes
from scripts.reconcile.carry import references
from scripts.reconcile.match import Match
from scripts.reconcile.moves import renamed_parameters
from scripts.reconcile.twins import Twins, is_component
from scripts.spec.names import Call, Names, put_names

_PLACE = "x-place"


def name_operations(ours: dict[str, Any], theirs: dict[str, Any], matches: Iterable[Match]) -> dict[str, Call]:
    """Return the vendor's operationId, or method and path, → how users know the operation, for those that would be known otherwise."""
    before = {f"{method} {path}": operation for method, path, operation in operations(ours)}
    after = {f"{method} {path}": operation for method, path, operation in operations(theirs)}
    ids = Counter(str(operation.get("operationId")) for operation in after.values())
    found = {}
    for match in matches:
        old, new = before[match.before.key], after[match.after.key]
        identifier = str(new.get("operationId") or "")
        key = identifier if identifier and ids[identifier] == 1 else match.after.key
        tag = known_tag(old) if known_tag(old) != known_tag(new) else ""
        rule = method_name(known_tag(old), known_id(old))
        method = call_of(old)[1]
        call = Call(
            known_id(old),
            tag=tag,
            method=method if method != rule else "",
            parameters=renamed_parameters(match.before.path, match.after.path),
        )
        if call != Call(identifier):
            found[key] = call
    return found


def those_of(names: Names, theirs: dict[str, Any]) -> Names:
    """Return the names in a file of names that the vendor's file has something for: what stands there already, a person may have written."""
    parts = {join_pointer(place) for place, _ in walk_schemas(theirs)} | components(theirs, "schemas").keys()
    calls = {key for method, path, item in operations(theirs) for key in (item.get("operationId"), f"{method} {path}")}
    return Names(
        {key: call for key, call in names.operations.items() if key in calls},
        {key: name for key, name in names.schemas.items() if key in parts},
    )


class Classes:
    """Tell the classes that the client makes of the schemas of an effective spec, by their places in it."""

    def __init__(self, document: dict[str, Any]) -> None:
        marked = copy.deepcopy(document)
        for place, schema in walk_schemas(marked):
            if isinstance(schema, dict) and "$ref" not in schema:
                schema[_PLACE] = join_pointer(place)  # it stays with the schema wherever that is moved
        self._made, _ = adapt(marked)
        self.named: dict[str, Any] = self._made["components"]["schemas"]
        self._inline = list(inline_classes(self._made))
        found = [*((name, part) for _, part, name in self._inline), *self.named.items()]
        self.all = {name for name, _ in found}
        self._at: dict[str, set[str]] = defaultdict(set)
        for name, part in found:
            self._at[str(mapping(part).get(_PLACE))].add(name)

    def at(self, place: Place) -> str | None:
        """Return the class of a schema; None where it has none of its own, or one for each operation that shares it."""
        found = self._at.get(join_pointer(place), set())
        return next(iter(found)) if len(found) == 1 else None

    def apart(self) -> dict[str, str]:
        """Return the places of schemas that are called otherwise than users know them, since the class has another shape elsewhere → its name."""
        return {part[_PLACE]: part["x-client-schema"] for _, part, _ in self._inline if "x-client-schema" in part}

    def reached(self, *, without: Collection[str]) -> set[str]:
        """Return the classes that operations reach, some left out by method and path."""
        kept = {
            path: {key: part for key, part in item.items() if f"{key.upper()} {path}" not in without}
            for path, item in self._made["paths"].items()
        }
        waiting, seen = references({**self._made, "paths": kept, "components": {}}), set[str]()
        while waiting:
            if (found := waiting.pop()) not in seen:
                seen.add(found)
                _, _, kind, name = found.split("/")
                waiting += references({"components": {kind: {name: self._made["components"][kind][name]}}})
        named = {found.split("/")[3] for found in seen if "/schemas/" in found}
        return named | {name for place, _, name in self._inline if place[0] == "paths" or place[2] in named}


def name_schemas(twins: Twins, ours: Classes, carried: Iterable[str]) -> dict[str, str]:
    """Return the vendor's schemas → the classes users know, for those that would be called otherwise.

    `twins.theirs` has the names of operations already.
    """
    wanted: dict[Place, Counter[str]] = defaultdict(Counter)
    for place, schema in walk_schemas(twins.ours):
        name = ours.at(place)
        for found in twins.of(place) if name else []:
            # Inline, one part is how 3.0 writes what may be null; a component of one part is a class of its own.
            wraps = "properties" in mapping(schema) and not is_component(found)
            twin = twins.inside(found, "properties") if wraps else found
            if isinstance(value_at(twins.theirs, twin), dict):
                wanted[twin][str(name)] += 1
    schemas = {name: name for name in carried}
    taken = {module_name(name) for name in schemas}
    shapes: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, names in wanted.items():
        name = next((found for found, _ in names.most_common() if found in ours.named), names.most_common(1)[0][0])
        if not is_component(place):
            shapes[shape(value_at(twins.theirs, place))].append((place, name))
        elif name != place[2] and module_name(name) not in taken:
            schemas[str(place[2])] = name
            taken.add(module_name(name))
    copies: set[Place] = set()  # of a shape that is named elsewhere, with all that is in it
    # The class of a schema inside another is called after it: first those that have a name of their own, then what still is called otherwise.
    for first in (True, False):
        named = copy.deepcopy(twins.theirs)
        put_names(named, Names({}, schemas))
        theirs = Classes(named)
        for places in sorted(shapes.values(), key=lambda found: len(found[0][0])):
            if first != any(name in ours.named for _, name in places):
                continue
            left = [
                (place, name)
                for place, name in places
                if (name in ours.named or theirs.at(place) is not None)
                and copies.isdisjoint(place[:end] for end in range(len(place)))
            ]
            made = _inline_names(left, theirs, alone=tells(value_at(twins.theirs, places[0][0])))
            copies |= {place for place, _ in left[1:]} if len(made) == 1 else set()
            schemas |= made
    return schemas


def _inline_names(places: list[tuple[Place, str]], theirs: Classes, *, alone: bool) -> dict[str, str]:
    """Name the places of one shape: once where all want one name and the shape tells the thing, else each; none where the names come by themselves."""
    names = {name for _, name in places}
    if all(theirs.at(place) == name for place, name in places) and len(names) == len(places):
        return {}
    if len(names) == 1 and alone:
        return {join_pointer(places[0][0]): places[0][1]}
    return {join_pointer(place): name for place, name in places}


def lost_classes(ours: Classes, theirs: Classes, gone: Collection[str]) -> list[str]:
    """Return the classes of ours that the client of theirs has no more, those left out that only operations in `gone` have."""
    lost = ours.all - theirs.all
    return sorted(lost & ours.reached(without=gone)) if lost else []
