"""Draw deviations of a sandbox with a seed, from what an undisturbed run of it shows; each says what a report must find."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import mapping, operations, resolve_pointer, split_pointer
from scripts.common.jsonpath import Place, value_at
from tests.pipeline.observe.deviating import Ignored, Move, Reply, Rule

MEDIA = "application/json"
QUOTA = {"path": 6, "method": 4, "status": 4, "paging": 2, "page-size": 1, "page-start": 1}
WORDS = ("amber", "basalt", "cedar", "delta", "ember", "fjord", "grove", "heron", "ivory", "jasper", "krill", "lotus")
OTHERS = {"string": 7, "integer": "seven", "number": "seven", "boolean": "yes", "object": "text", "array": "text"}
FORMATS = ("date", "date-time", "uuid")


@dataclass(frozen=True)
class Deviation:
    """One way to deviate, with the kind, place and key of the finding it must lead to, and names that a person would confirm."""

    kind: str
    place: Place
    key: str
    rule: Rule
    operation: str
    words: tuple[str, ...] = ()
    data: str = ""  # where in the reply


@dataclass
class Seen:
    """One operation that answered: its replies, and the values that its query parameters had."""

    operation: dict[str, Any]
    method: str
    path: str
    status: int
    bodies: list[Any] = field(default_factory=list)


class Drawing:
    """Draw from what (operationId, status, query, body) an undisturbed run showed."""

    def __init__(
        self, document: dict[str, Any], exchanges: list[tuple[str, int, dict[str, str], Any]], seed: int
    ) -> None:
        self.document, self.random = document, random.Random(seed)  # noqa: S311 - nothing secret
        self.known = {str(o["operationId"]): (o, method, path) for method, path, o in operations(document)}
        self.paths = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path, _ in operations(document)}
        self.names = {name for _, _, path in self.known.values() for name in re.findall(r"\{(\w+)\}", path)}
        self.seen: dict[str, Seen] = {}
        self.queries: dict[str, list[tuple[dict[str, str], Any]]] = {}
        for name, status, query, body in exchanges:
            if (
                name in self.known and 200 <= status < 300 and "access_token" not in str(body)
            ):  # without a token nothing can be asked
                operation, method, path = self.known[name]
                self.seen.setdefault(name, Seen(operation, method, path, status)).bodies.append(body)
                self.queries.setdefault(name, []).append((query, body))

    def draw(self, count: int) -> list[Deviation]:
        """Return deviations that do not hide each other: the rare kinds by quota, the others in turn."""
        found = list(self._all())
        self.random.shuffle(found)
        taken: list[Deviation] = []
        whole: set[str] = set()  # operations that deviate as a whole, and paths with another method
        for kind, most in QUOTA.items():
            for each in [each for each in found if each.kind == kind]:
                at = {each.operation, str(each.place[1])} if kind == "method" else {each.operation}
                if sum(t.kind == kind for t in taken) < min(most, len(self.seen) // 6) and not at & whole:
                    whole |= at  # two methods of one path would be told apart by nobody
                    taken.append(each)
        kinds = sorted({each.kind for each in found} - set(QUOTA))
        left = [each for each in found if each.kind not in QUOTA and each.operation not in whole]
        while len(taken) < count and left:
            kinds = kinds[1:] + kinds[:1]
            chosen = next((each for each in left if each.kind == kinds[0]), None)
            if chosen is None:
                kinds = [kind for kind in kinds if any(each.kind == kind for each in left)]
                continue
            taken.append(chosen)
            left = [each for each in left if not _collide(chosen, each)]
        return taken[:count]

    def _all(self) -> Iterator[Deviation]:
        for name, seen in sorted(self.seen.items()):
            place: Place = ("paths", seen.path, seen.method.lower())
            yield from self._moves(name, seen, place)
            yield from self._pages(name, seen, place)
            for status in (202, 203, 206, 409, 410):
                responses = mapping(seen.operation["responses"])
                mild = status < 300 or not any(path.startswith(f"{seen.path}/") for _, path in self.paths)
                if (
                    mild
                    and not {str(status), f"{status // 100}XX", "default"} & set(responses)
                    and seen.method == "GET"
                ):
                    yield Deviation("status", place, str(status), Reply(name, status=status), name)
            key = next(
                (key for key in (str(seen.status), f"{seen.status // 100}XX") if key in seen.operation["responses"]), ""
            )
            if key:
                owner = self._own((*place, "responses", key))[0]
                schema = (*owner, "content", MEDIA, "schema")
                if MEDIA in mapping(value_at(self.document, owner).get("content")):
                    yield from self._values(name, schema, "", [body for body in seen.bodies if body is not None], 0)

    def _moves(self, name: str, seen: Seen, place: Place) -> Iterator[Deviation]:
        old = f"{seen.method} {seen.path}"
        known = mapping(seen.operation.get("x-provenance"))
        if seen.method == "GET":
            for text in known.get("alternatives") or []:
                method, _, path = str(text).partition(" ")
                free = (method, re.sub(r"\{\w+\}", "{}", path)) not in self.paths
                same = set(re.findall(r"\{(\w+)\}", path)) == set(re.findall(r"\{(\w+)\}", seen.path))
                if method == "GET" and free and same and path != seen.path:
                    yield Deviation("path", place, path, Move(old, str(text)), name)
            return
        for method in ("PUT", "POST", "PATCH", "DELETE"):
            if (method, re.sub(r"\{\w+\}", "{}", seen.path)) not in self.paths:
                yield Deviation("method", place, method, Move(old, f"{method} {seen.path}"), name)

    def _pages(self, name: str, seen: Seen, place: Place) -> Iterator[Deviation]:
        rule = mapping(seen.operation.get("x-pagination"))
        at: Place = (*place, "x-pagination")
        size, start = str(rule.get("size") or ""), str(rule.get("parameter") or "")
        following = str(
            rule.get(
                {"cursor-links": "next", "start-key": "next", "page-links": "last"}.get(str(rule.get("style")), ""), ""
            )
            or ""
        )
        shown = [
            (query, _count(body, str(rule.get("items") or "")), _member(body, following))
            for query, body in self.queries[name]
        ]
        if not size or max((n for _, n, _ in shown), default=0) < 2:
            return
        small = [query for query, n, _ in shown if query.get(size) == "1"]
        where = f"{seen.method} {seen.path}"
        if small:
            yield Deviation("page-size", at, "size", Ignored(where, size), name)
        if any(start in query for query in small):
            yield Deviation("page-start", at, start, Ignored(where, start), name)
        if following and any(query.get(size) == "1" and text for query, _, text in shown):
            new = self._word()
            holder, _, leaf = following.rpartition(".")
            change = _rename(leaf, new)
            yield Deviation("paging", at, following, Reply(name, holder, change), name, (new, leaf))

    def _word(self) -> str:
        first, second = self.random.sample(WORDS, 2)
        return f"{first}{second.title()}"

    def _own(self, place: Place) -> tuple[Place, dict[str, Any]]:
        node = value_at(self.document, place)
        while isinstance(node.get("$ref"), str):
            place, node = tuple(split_pointer(node["$ref"])), resolve_pointer(self.document, node["$ref"])
        return place, node

    def _values(self, name: str, place: Place, data: str, values: list[Any], depth: int) -> Iterator[Deviation]:
        own, schema = self._own(place)
        if not values or depth > 6 or schema.keys() & {"oneOf", "anyOf", "allOf", "x-undocumented"}:
            return
        if all(isinstance(value, list) for value in values) and "items" in schema:
            inner = [item for value in values for item in value]
            yield from self._values(name, (*own, "items"), f"{data}.*".strip("."), inner, depth + 1)
        if not all(isinstance(value, dict) for value in values) or not schema.get("properties"):
            return
        rule = mapping(self.known[name][0].get("x-pagination"))
        paging = {part for value in rule.values() for part in str(value).split(".")}
        if not mapping(schema.get("additionalProperties")):
            new = self._word()
            yield Deviation("member", own, new, Reply(name, data, _also(new)), name, (new,), f"{data}.{new}".strip("."))
        for member in sorted(schema["properties"]):
            came = [value[member] for value in values if member in value]
            if not came or member in paging | self.names | {"id", "_id", "uuid", "key", "code"}:
                continue
            at = (*own, "properties", member)
            path = f"{data}.{member}".strip(".")
            if member in (schema.get("required") or []):
                yield Deviation("required", own, member, Reply(name, data, _without(member)), name, (), path)
            yield from self._leaf(name, at, path, came)
            yield from self._values(name, at, path, came, depth + 1)

    def _leaf(self, name: str, at: Place, path: str, came: list[Any]) -> Iterator[Deviation]:
        own, schema = self._own(at)
        kinds = schema.get("type")
        if schema.keys() & {"oneOf", "anyOf", "allOf", "x-undocumented", "const"} or kinds is None or None in came:
            return
        types = [kinds] if isinstance(kinds, str) else list(kinds)
        if len(types) == 1 and types[0] in OTHERS:
            other = OTHERS[types[0]]
            key = "integer" if other == 7 else "string"
            yield Deviation("type", at, key, Reply(name, path, _put(other)), name, (), path)
        if "null" not in types:
            yield Deviation("null", at, "null", Reply(name, path, _put(None)), name, (), path)
        if schema.get("enum") and all(isinstance(value, str) for value in came):
            token = self._word().upper()
            yield Deviation("enum", own, "", Reply(name, path, _put(token)), name, (token,), path)
        elif schema.get("format") in FORMATS:
            yield Deviation("format", own, schema["format"], Reply(name, path, _put("31/01/2026")), name, (), path)


def _collide(one: Deviation, other: Deviation) -> bool:
    """Tell whether one deviation would hide another: at one place of the schema, or in one branch of a reply."""
    if _within(_spot(one), _spot(other)):
        return True
    return one.operation == other.operation and _within(tuple(one.data.split(".")), tuple(other.data.split(".")))


def _spot(each: Deviation) -> Place:
    return (*each.place, "properties", each.key) if each.kind in ("member", "required") else each.place


def _within(one: Place, other: Place) -> bool:
    return other[: len(one)] == one or one[: len(other)] == other


def _count(body: Any, path: str) -> int:
    items = _member(body, path)
    return len(items) if isinstance(items, list) else 0


def _member(value: Any, path: str) -> Any:
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _put(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _also(name: str) -> Callable[[Any], Any]:
    return lambda value: {**value, name: "x"} if isinstance(value, dict) else value


def _without(name: str) -> Callable[[Any], Any]:
    return lambda value: {k: v for k, v in value.items() if k != name} if isinstance(value, dict) else value


def _rename(old: str, new: str) -> Callable[[Any], Any]:
    return lambda value: {new if k == old else k: v for k, v in value.items()} if isinstance(value, dict) else value
