"""Draw deviations of a sandbox with a seed, from what an undisturbed run of it shows; each says what a report must find."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.document import mapping, operations, resolve_pointer, split_pointer
from scripts.common.jsonpath import Place, value_at
from scripts.observe.pages import member
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


class Drawing:
    """Draw from what (operationId, status, query, body) an undisturbed run showed."""

    def __init__(self, document: dict[str, Any], exchanges: Iterable[tuple[str, int, Any, Any]], seed: int) -> None:
        self.document, self.random = document, random.Random(seed)  # noqa: S311 - nothing secret
        self.known = {str(o["operationId"]): (o, method, path) for method, path, o in operations(document)}
        self.taken = {(method, shape(path)) for method, path, _ in operations(document)}
        self.names = {name for _, _, path in self.known.values() for name in re.findall(r"\{(\w+)\}", path)}
        self.answers: dict[str, list[tuple[int, dict[str, str], Any]]] = {}
        for name, status, query, body in exchanges:
            if name in self.known and status < 300 and "access_token" not in str(body):  # it would stop everything
                self.answers.setdefault(name, []).append((status, query, body))

    def draw(self, count: int) -> list[Deviation]:
        """Return deviations that do not hide each other, of all kinds in turn."""
        found = list(self._all())
        self.random.shuffle(found)
        nth: Counter[str] = Counter()
        turns = []
        for each in found:
            nth[each.kind] += 1
            turns.append((nth[each.kind], each))
        drawn: list[Deviation] = []
        for _, each in sorted(turns, key=lambda turn: turn[0]):
            most = min(QUOTA.get(each.kind, count), len(self.answers) // 6) if each.kind in QUOTA else count
            full = len(drawn) == count or sum(other.kind == each.kind for other in drawn) >= most
            if not full and not any(_collide(other, each) for other in drawn):
                drawn.append(each)
        return drawn

    def _all(self) -> Iterator[Deviation]:
        for name, answers in sorted(self.answers.items()):
            operation, method, path = self.known[name]
            place: Place = ("paths", path, method.lower())
            yield from self._moves(name, place)
            yield from self._pages(name, (*place, "x-pagination"), f"{method} {path}")
            responses = mapping(operation["responses"])
            for status in (202, 203, 206, 409, 410) if method == "GET" else ():
                mild = status < 300 or not any(other.startswith(f"{path}/") for _, other in self.taken)
                if mild and not {str(status), f"{status // 100}XX", "default"} & set(responses):
                    yield Deviation("status", place, str(status), Reply(name, status=status), name)
            for key in {str(answers[0][0]), "2XX"} & set(responses):
                owner, response = self._own((*place, "responses", key))
                if MEDIA in mapping(response.get("content")):
                    bodies = [body for _, _, body in answers if body is not None]
                    yield from self._values(name, (*owner, "content", MEDIA, "schema"), "", bodies, 0)

    def _moves(self, name: str, place: Place) -> Iterator[Deviation]:
        operation, method, path = self.known[name]
        old = f"{method} {path}"
        if method != "GET":
            others = [other for other in ("PUT", "POST", "PATCH", "DELETE") if (other, shape(path)) not in self.taken]
            yield from (Deviation("method", place, other, Move(old, f"{other} {path}"), name) for other in others)
            return
        for text in mapping(operation.get("x-provenance")).get("alternatives") or []:
            other, _, new = str(text).partition(" ")
            same = set(re.findall(r"\{\w+\}", new)) == set(re.findall(r"\{\w+\}", path))
            if other == "GET" and (other, shape(new)) not in self.taken and same:
                yield Deviation("path", place, new, Move(old, str(text)), name)

    def _pages(self, name: str, at: Place, where: str) -> Iterator[Deviation]:
        rule = mapping(self.known[name][0].get("x-pagination"))
        size, start = str(rule.get("size") or ""), str(rule.get("parameter") or "")
        leads = {"cursor-links": "next", "start-key": "next", "page-links": "last"}
        following = str(rule.get(leads.get(str(rule.get("style")), "")) or "")
        lists = [member(body, str(rule.get("items") or "")) for _, _, body in self.answers[name]]
        small = [(query, body) for _, query, body in self.answers[name] if query.get(size) == "1"]
        if not small or not any(isinstance(items, list) and len(items) > 1 for items in lists):
            return
        yield Deviation("page-size", at, "size", Ignored(where, size), name)
        if any(start in query for query, _ in small):
            yield Deviation("page-start", at, start, Ignored(where, start), name)
        if following and any(member(body, following) for _, body in small):
            new, (holder, _, leaf) = self._word(), following.rpartition(".")
            yield Deviation("paging", at, following, Reply(name, holder, _rename(leaf, new)), name, (new, leaf))

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
        for part in sorted(schema["properties"]):
            came = [value[part] for value in values if part in value]
            if not came or part in paging | self.names | {"id", "_id", "uuid", "key", "code"}:
                continue
            at = (*own, "properties", part)
            path = f"{data}.{part}".strip(".")
            if part in (schema.get("required") or []):
                yield Deviation("required", own, part, Reply(name, data, _without(part)), name, (), path)
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


def shape(path: str) -> str:
    """Return a path with its parameters unnamed."""
    return re.sub(r"\{\w+\}", "{}", path)


def _collide(one: Deviation, other: Deviation) -> bool:
    """Tell whether one deviation would hide another: of one operation, at one place of the schema, or in one branch of a reply."""
    same = one.operation == other.operation
    if same and {one.kind, other.kind} & set(QUOTA):
        return True
    if one.kind == other.kind == "method" and one.place[1] == other.place[1]:
        return True  # a list of allowed methods does not say which is whose
    return _within(_spot(one), _spot(other)) or (same and _within((*one.data.split("."),), (*other.data.split("."),)))


def _spot(each: Deviation) -> Place:
    return (*each.place, "properties", each.key) if each.kind in ("member", "required") else each.place


def _within(one: Place, other: Place) -> bool:
    return other[: len(one)] == one or one[: len(other)] == other


def _put(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _also(name: str) -> Callable[[Any], Any]:
    return lambda value: {**value, name: "x"} if isinstance(value, dict) else value


def _without(name: str) -> Callable[[Any], Any]:
    return lambda value: {k: v for k, v in value.items() if k != name} if isinstance(value, dict) else value


def _rename(old: str, new: str) -> Callable[[Any], Any]:
    return lambda value: {new if k == old else k: v for k, v in value.items()} if isinstance(value, dict) else value
