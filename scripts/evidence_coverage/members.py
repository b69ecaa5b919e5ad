"""Read parameters, members of bodies and members of replies into facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from scripts.common.problems import PipelineError
from scripts.evidence_coverage.fact import Fact
from scripts.evidence_coverage.notation import TYPES, declared, sampled

Entry = dict[str, Any]
_SAME = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "style", "explode")
_MARKS = ("name_grade", "style_grade", "param_grade", "type_grade", "name_from", "grade", "confidence")
# Sentences about a field and the lines it stands in; nothing a spec could be compared with.
_PROSE = {"note", "line"}


class Reader:
    """Collect the facts of one operation; `marks` tells that members of replies without a question mark are always there."""

    def __init__(self, operation: str, *, marks: bool) -> None:
        self.operation = operation
        self.marks = marks
        self.facts: list[Fact] = []

    def add(self, kind: str, subject: Iterable[str], attribute: str, value: Any) -> None:
        """Take one fact, once."""
        fact = Fact(self.operation, kind, tuple(subject), attribute, tuple(value) if isinstance(value, list) else value)
        if fact not in self.facts:
            self.facts.append(fact)

    def unknown(self, what: str, key: str) -> PipelineError:
        """Refuse what would otherwise go unchecked."""
        return PipelineError(
            f"the evidence of {self.operation} has {what} {key!r}, which no check knows",
            where="docs/evidence",
            todo="Teach scripts/evidence_coverage to read it, or list it there as prose.",
        )

    def traits(self, kind: str, way: tuple[str, ...], text: str, notation: Callable[[str], Iterable[Any]]) -> None:
        """Take what a notation of a type says."""
        try:
            for below, attribute, value in notation(text):
                self.add(kind, (*way, *below), attribute, value)
        except ValueError:
            raise self.unknown("the type", text) from None

    def field(self, kind: str, way: tuple[str, ...], item: Entry) -> None:
        """Take everything said of one parameter or member; `way` leads to it."""
        self.add(kind, way, "there", True)
        if item.get("default", ...) is None:  # then null is a value, too
            item = {**item, "type": f"{item['type']}|null"}
        for key, value in item.items():
            if key in _SAME:
                self.add(kind, way, key, value)
            elif key in ("type", "required", "format", "default", "default_as_printed", "schema", "items"):
                getattr(self, f"_{key}")(kind, way, value)
            elif key in ("items_enum", "items_oneOf"):
                self._items_of(kind, way, key, value)
            elif key == "example_as_printed":
                self.add(kind, way, "sample", value)
            elif key in _MARKS:
                self._mark(kind, way, key, value)
            elif key not in _PROSE | {"name", "in"}:
                raise self.unknown("the member", key)

    def _type(self, kind: str, way: tuple[str, ...], text: str) -> None:
        self.traits(kind, way, text, declared)

    def _required(self, kind: str, way: tuple[str, ...], value: bool | str) -> None:
        # Words such as `not starred` and `undocumented` say that the page does not ask for it.
        self.add(kind, way, "required", value is True)

    def _format(self, kind: str, way: tuple[str, ...], text: str) -> None:
        self.add(kind, way, "format", re.sub(r" \(.*", "", text))

    def _default(self, kind: str, way: tuple[str, ...], value: Any) -> None:
        prose = isinstance(value, str) and " " in value
        self.add(kind, way, "default in words" if prose else "default", value)

    def _default_as_printed(self, kind: str, way: tuple[str, ...], value: Any) -> None:
        self.add(kind, way, "default", value.strip('"') if isinstance(value, str) else value)

    def _schema(self, kind: str, way: tuple[str, ...], text: str) -> None:
        self.add(kind, way, "schema", re.sub(r" \(.*", "", text))

    def _items(self, kind: str, way: tuple[str, ...], value: str | Entry) -> None:
        if isinstance(value, dict):
            self.field(kind, (*way, "[]"), value)
        elif re.sub(r" \(.*", "", value) in TYPES:
            self.traits(kind, (*way, "[]"), value, declared)
        else:
            self._schema(kind, (*way, "[]"), value)

    def _items_of(self, kind: str, way: tuple[str, ...], key: str, values: list[str]) -> None:
        if key == "items_enum":
            self.add(kind, (*way, "[]"), "enum", values)
            return
        for name in values:
            if " " not in name:  # otherwise a remark
                self.add(kind, (*way, "[]"), "schema", name)

    def _mark(self, kind: str, way: tuple[str, ...], key: str, value: str) -> None:
        if key == "confidence":
            self.add(kind, way, "confidence", value)
        elif value != "stated":
            self.add(kind, way, "marked as inferred", True)

    def shape(self, kind: str, way: tuple[str, ...], fields: Entry) -> None:
        """Take a printed shape: `{data[]: {id: string, name?: string|null}}`."""
        for key, value in fields.items():
            name = key.removesuffix("?")
            depth = 0
            while name.endswith("[]"):
                name, depth = name.removesuffix("[]"), depth + 1
            member = (*way, *name.split("."))
            self.add(kind, member, "there", True)
            if self.marks:
                self.add(kind, member, "required", not key.endswith("?"))
            if depth:
                self.add(kind, member, "type", ["array"])
            inner = (*member, *["[]"] * depth)
            if isinstance(value, dict):
                self.add(kind, inner, "type", ["object"])
                self.shape(kind, inner, value)
            else:
                self.traits(kind, inner, str(value), declared)
                for sample in re.findall(r'\(.*sample "?(\w+)"?', str(value)):
                    self.add(kind, inner, "sample", sample)

    def keys(self, kind: str, way: tuple[str, ...], keys: Entry) -> None:
        """Take the keys of a printed sample with the types of their values."""
        for name, text in keys.items():
            self.add(kind, (*way, name), "there", True)
            self.traits(kind, (*way, name), text if text is not None else "null", sampled)
