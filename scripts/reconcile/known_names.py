"""`names.yaml` from two documents: the operations are matched, and the classes that users know are found by the places where they stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from scripts.common.document import join_pointer, operations, walk_schemas
from scripts.common.jsonpath import Place, value_at
from scripts.common.names import call_of, known_id, known_path, known_tag, method_name, module_name
from scripts.generate.adapt import adapt
from scripts.generate.adapt.known import APART, shape, tells
from scripts.generate.adapt.names import inline_classes
from scripts.reconcile.match import Match
from scripts.reconcile.moves import renamed_parameters
from scripts.reconcile.twins import Twins
from scripts.spec.names import Call


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


class _Classes:
    """Tell the class that the client makes of a schema of an effective spec, by its place."""

    def __init__(self, document: dict[str, Any]) -> None:
        made, notes = adapt(document)
        self.apart = [line for line in notes if line.endswith(APART)]
        self._inline = {place: name for place, _, name in inline_classes(made)}
        self.named = set(made["components"]["schemas"])
        self.all = self.named | set(self._inline.values())
        self._paths = {
            (path, method.lower()): known_path(path, operation) for method, path, operation in operations(document)
        }

    def at(self, place: Place) -> str | None:
        if place[:2] == ("components", "schemas") and len(place) == 3:
            return str(place[2]) if place[2] in self.named else None
        if place[:1] == ("paths",) and len(place) > 2:
            place = ("paths", self._paths.get((str(place[1]), str(place[2])), place[1]), *place[2:])
        return self._inline.get(place)


def name_schemas(twins: Twins, carried: Iterable[str]) -> dict[str, str]:
    """Return the vendor's schemas → the classes users know, for those that would be called otherwise.

    `twins.theirs` has the names of operations already.
    """
    ours, theirs = _Classes(twins.ours), _Classes(twins.theirs)
    wanted: dict[Place, Counter[str]] = defaultdict(Counter)
    for place, _ in walk_schemas(twins.ours):
        name = ours.at(place)
        for twin in [twins.inside(found, "properties") for found in twins.of(place)] if name else []:
            if isinstance(value_at(twins.theirs, twin), dict):
                wanted[twin][str(name)] += 1
    schemas = {name: name for name in carried}
    taken = {module_name(name) for name in schemas}
    inline: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, names in wanted.items():
        name = next((found for found, _ in names.most_common() if found in ours.named), names.most_common(1)[0][0])
        if place[:2] == ("components", "schemas") and len(place) == 3:
            if name != place[2] and module_name(name) not in taken:
                schemas[str(place[2])] = name
                taken.add(module_name(name))
        elif theirs.at(place) is not None or name in ours.named or "allOf" in place:
            inline[shape(value_at(twins.theirs, place))].append((place, name))
    for places in inline.values():
        alone = tells(value_at(twins.theirs, places[0][0]))
        schemas |= _inline_names(places, theirs, alone=alone)
    return schemas


def _inline_names(places: list[tuple[Place, str]], theirs: _Classes, *, alone: bool) -> dict[str, str]:
    """Name the places of one shape: once where all want one name and the shape tells the thing, else each; none where the names come by themselves."""
    names = {name for _, name in places}
    if all(theirs.at(place) == name for place, name in places) and len(names) == len(places):
        return {}
    if len(names) == 1 and alone:
        return {join_pointer(places[0][0]): places[0][1]}
    return {join_pointer(place): name for place, name in places}


def lost_classes(ours: dict[str, Any], theirs: dict[str, Any], gone: set[str]) -> list[str]:
    """Say which classes of ours the client of theirs has no more, those left out that only operations in `gone` have, and where it has another one."""
    found = _Classes(theirs)
    lines = (
        [f"the class has another name in {len(found.apart)} places, such as {found.apart[0]}"] if found.apart else []
    )
    lost = _Classes(ours).all - found.all
    if lost and (named := ", ".join(sorted(lost & _reached(_without(ours, gone))))):
        lines.append(f"classes without a counterpart in the file, users who import them lose them: {named}")
    return lines


def _without(ours: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    kept = {key: value for key, value in ours.items() if key != "paths"}
    kept["paths"] = {
        path: {key: part for key, part in item.items() if f"{key.upper()} {path}" not in gone}
        for path, item in ours["paths"].items()
    }
    return kept


def _reached(document: dict[str, Any]) -> set[str]:
    """Return the classes that the operations of a document reach."""
    made, _ = adapt(document)
    schemas = made["components"]["schemas"]
    waiting: list[Any] = [made["paths"]]
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                kind, name = reference.split("/")[2:4] if reference.startswith("#/components/") else ("", "")
                if (found := f"{kind}/{name}") not in seen:
                    seen.add(found)
                    waiting.append(made["components"].get(kind, {}).get(name))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    named = {found.split("/")[1] for found in seen if found.startswith("schemas/")}
    inline = {
        name
        for place, _, name in inline_classes(made)
        if place[:1] == ("paths",) or (place[:2] == ("components", "schemas") and place[2] in named)
    }
    return (named & set(schemas)) | inline
