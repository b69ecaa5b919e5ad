"""Request rows derived from the evidence: what the vendor's pages say, and named exceptions where an overlay corrects them.

Nothing here reads a spec or generated code, so a row and the client agree only when both agree with the evidence.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts.common.layout import ROOT
from scripts.common.yaml_io import load_yaml
from tests.clients.rows import Part, Row, Sent

Entry = Mapping[str, Any]

# A text that fits each pattern of the evidence.
PATTERNS = {
    "[a-zA-Z0-9_-]+": "abc-1",
    "[a-zA-Z0-9._-]+": "abc.1",
    "[a-zA-Z0-9_.-]+": "abc.1",
    "[a-zA-Z0-9_-]{1,32}": "push-1",
    "my_([a-zA-Z0-9_.-]+)": "my_tag",
    "^[A-Za-z0-9]*$": "ABC1",
    "^[0-9a-fA-F]{24}$": "0123456789abcdef01234567",
    "^[a-fA-F0-9]{24}$": "0123456789abcdef01234567",
}
MOMENT = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
DAY = date(2026, 3, 14)
CSV = b"user_id\r\nuser-1\r\n"


@dataclass(frozen=True)
class Value:
    """A value twice: as Python gives it, and as JSON has it on the wire."""

    python: object
    wire: object


@dataclass(frozen=True)
class Exceptions:
    """What overlays correct, each with the number of its inconsistency.

    `types` gives a parameter or member another type, under its name or `operation name`; `values` one that a value of its type does not fit;
    `bodies` gives a body whole, `added` lists parameters the page lacks, `paths` gives a path with them, `renamed` the right name of one, `names` a Python name that no rule gives,
    `deprecated` names operations that only prose calls so, `first_page` what a list method of the facade asks for on its own.
    """

    types: Mapping[str, Entry] = field(default_factory=dict)
    values: Mapping[str, Entry] = field(default_factory=dict)
    bodies: Mapping[str, Entry] = field(default_factory=dict)
    added: Mapping[str, list[Entry]] = field(default_factory=dict)
    paths: Mapping[str, Entry] = field(default_factory=dict)
    renamed: Mapping[str, Entry] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    deprecated: Mapping[str, Entry] = field(default_factory=dict)
    first_page: Mapping[str, Entry] = field(default_factory=dict)

    def type_of(self, operation: str, item: Entry) -> Entry:
        """Return a parameter or member with the type an overlay gives it."""
        found = self.types.get(f"{operation} {item['name']}") or self.types.get(str(item["name"]))
        return {**item, **found} if found else item

    def value_of(self, operation: str, name: str) -> Value | None:
        """Return the value an exception states."""
        for key in (f"{operation} {name}", name):
            if key in self.values:
                value = self.values[key]["value"]
                return Value(value, value)
        return None


def read_exceptions(path: Path) -> Exceptions:
    """Read the exceptions of a vendor."""
    return Exceptions(**load_yaml(path, name=path.name))


def read_evidence(slug: str) -> list[Entry]:
    """Read the operations of a vendor's evidence."""
    path = ROOT / "docs" / "evidence" / f"{slug}-operations.yaml"
    return list(load_yaml(path, name=path.name))


def read_names(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read how each operation is called in Python: `call` of the facade, `function` module."""
    return dict(load_yaml(path, name=path.name))


def python_name(wire: str, names: Mapping[str, str]) -> str:
    """Return the Python name of a parameter or member: snake case, with a final underscore where Python has the word already."""
    if wire in names:
        return names[wire]
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", wire)
    snake = re.sub(r"[^a-zA-Z0-9]+", "_", apart).strip("_").lower()
    taken = keyword.iskeyword(snake) or (snake in dir(builtins) and snake != "id")
    return f"{snake}_" if taken else snake


def families(item: Entry) -> Iterator[Entry]:
    """Return the parameters that a name such as `type[.in | .nin]` stands for; the bare name is one of them."""
    found = re.fullmatch(r"(.+)\[(.+)]", item["name"])
    if found is None:
        yield item
        return
    for suffix in ("", *(part.strip() for part in found[2].split("|"))):
        yield {**item, "name": found[1] + suffix}


def sample(item: Entry, place: str) -> Value:
    """Return a value of a parameter's or member's type."""
    kind, form = str(item["type"]), item.get("format")
    if item.get("enum"):
        return Value(item["enum"][0], item["enum"][0])
    if form == "date-time":
        return Value(MOMENT, MOMENT.isoformat())
    if form == "date":
        return Value(DAY, DAY.isoformat())
    if item.get("pattern"):
        return _same(PATTERNS[item["pattern"]])
    if kind.startswith(("Array of strings", "array")):
        return _same(_texts(item))
    if kind.startswith("Array of numbers"):
        return _same([[[1, 2]], [[3, 4]]] if kind.count("[") > 1 else [-0.5, 51.25])
    if kind.startswith("Array of objects"):
        return _same([{"key": "value", "nested": {"list": [1, None]}}])
    if kind.startswith("object"):
        return _same({"key": "value", "nested": {"list": [1, None]}})
    if kind == "boolean":
        return _same(True)
    if kind in ("number", "integer"):
        return _same(1.5 if form == "double" else 7)
    # What a path, a query or a body has to bear; headers are given what every server can read.
    return _same(f"{item['name']} 1" if place == "header" else f"{item['name']} ü/&=+%2F 1")


def _texts(item: Entry) -> list[str]:
    inner = item["items"] if isinstance(item.get("items"), Mapping) else {}
    if inner.get("pattern"):
        return [PATTERNS[inner["pattern"]]]
    texts: list[str] = list(item.get("items_enum") or ["one", "two & three"])
    return texts[:2]


def _same(value: object) -> Value:
    return Value(value, value)


def query_pairs(name: str, value: object) -> Iterator[str]:
    """Return how a value stands in a query: lists joined by commas, members of an object as parameters of their own."""
    if isinstance(value, Mapping):
        for inner, member in value.items():
            yield from query_pairs(inner, member)
        return
    text = ",".join(map(_query_text, value)) if isinstance(value, list) else _query_text(value)
    yield f"{quote(name, safe='')}={text}"


def _query_text(value: object) -> str:
    return quote("true" if value is True else "false" if value is False else str(value), safe="")


@dataclass
class Builder:
    """Build the rows of one vendor."""

    names: Mapping[str, Mapping[str, str]]
    exceptions: Exceptions

    def row(self, key: str, entry: Entry, parameters: Iterable[Entry], headers: Mapping[str, str]) -> Row:
        """Return the row of one operation; parameters have `in`."""
        given = [self.exceptions.type_of(key, item) for item in (*parameters, *self.exceptions.added.get(key, ()))]
        corrected = self.exceptions.paths.get(key)
        template = str(corrected["path"] if corrected else entry["path"])
        path: dict[str, Value] = {}
        keywords: dict[str, object] = {}
        query: list[str] = []
        fields = dict(headers)
        for item in given:
            place = str(item["in"])
            value = self.exceptions.value_of(key, item["name"]) or sample(item, place)
            if place == "path":
                path[item["name"]] = value
                continue
            keywords[python_name(item["name"], self.exceptions.names)] = value.python
            if place == "query":
                query.extend(query_pairs(item["name"], value.wire))
            else:
                fields[item["name"].lower()] = str(value.wire)
        order = re.findall(r"{([^}]+)}", template)
        assert sorted(path) == sorted(order), f"{key}: the path has {order}, the evidence lists {sorted(path)}"
        for name in order:
            template = template.replace(f"{{{name}}}", quote(str(path[name].wire), safe=""))
        body, members, whole = self.body(key, entry)
        return Row(
            key,
            call=self.names[key]["call"],
            function=self.names[key]["function"],
            sends=Sent(entry["method"], template, query, fields, body),
            path=tuple(path[name].python for name in order),
            keywords=keywords,
            members=members,
            body=whole,
            deprecated=bool(entry["deprecated"]) or key in self.exceptions.deprecated,
            first_page=tuple(self.exceptions.first_page.get(key, {}).get("query", ())),
        )

    def body(self, key: str, entry: Entry) -> tuple[object, dict[str, object] | None, object]:
        """Return the body on the wire, its members under their Python names, and the body to give whole where that differs."""
        if key in self.exceptions.bodies:
            value = self.exceptions.bodies[key]["value"]
            return value, None, None
        declared = entry.get("body") or entry.get("request_body")
        if not declared:
            return None, None, None
        # A dotted name is a member of the object that the page shows as well.
        fields = [self.exceptions.type_of(key, item) for item in declared["fields"] if "." not in item["name"]]
        found = {
            item["name"]: self.exceptions.value_of(key, item["name"]) or sample(item, "body")
            for item in fields
            if item.get("format") != "binary"
        }
        members = {python_name(name, self.exceptions.names): value.python for name, value in found.items()}
        files = [item["name"] for item in fields if item.get("format") == "binary"]
        if files:
            return self._form(files)
        return {name: value.wire for name, value in found.items()}, members, None

    def _form(self, files: list[str]) -> tuple[object, dict[str, object], object]:
        from loyalty_runtime.types import File

        given: dict[str, object] = {name: File(CSV, "users.csv", "text/csv") for name in files}
        return [Part(name, "users.csv", "text/csv", CSV) for name in files], given, given
