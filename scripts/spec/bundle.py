"""Join a source spec that is split into files into one document.

The root refers to parts of other files (`paths/perks.yaml#/~1perks`); inside the files, shared components are referred to through the root
(`../openapi.yaml#/components/schemas/Perk`). References of the first kind are replaced by what they point at; those of the second kind become local.
A schema of another file that is no component of the root becomes one, so that it is one class however often it is used, and may hold itself.
"""

from __future__ import annotations

import copy
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from scripts.common.document import Kind, join_pointer, kind_below, mapping, resolve_pointer, split_pointer
from scripts.common.jsonpath import Place
from scripts.common.names import numbered
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml

_KEEP = "Keep every part of a spec in its folder."
_FILE = re.compile(r"[/#]|\.(ya?ml|json)$")  # what a discriminator may lead to
_HOLDERS = {"components", "schemas", "definitions", "$defs"}
_CLASSES = {
    "properties",
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
}  # what becomes a class; other schemas stand where they are used
MAX_PARTS = 2_000_000  # of the joined document; references to references can multiply without end


def bundle(source: Path, *, name: str = "", number_keys: bool = False, within: Path | None = None) -> Any:
    """Load a source spec with everything its files refer to, as one document; `within` is the folder that holds them all.

    Raises:
        PipelineError: a file is unreadable or outside the spec's folder, or a reference points at nothing or at itself.
    """
    source = source.resolve()
    bundler = _Bundler(source, (within or source.parent).resolve(), name.removesuffix(source.name), number_keys)
    whole = bundler.document(bundler.root)
    if not isinstance(whole, dict):
        raise PipelineError(
            "the document is not a mapping",
            where=name or source.name,
            todo="An OpenAPI document starts with `openapi: 3.1.0`.",
        )
    return bundler.whole(whole)


def _is_named(pointer: str) -> bool:
    """Tell whether a pointer leads to a whole file, or to a name among those it holds."""
    return set(split_pointer(pointer)[:-1]) <= _HOLDERS


@dataclass
class _Bundler:
    root: Path
    within: Path
    prefix: str
    number_keys: bool
    documents: dict[Path, Any] = field(default_factory=dict)
    open: list[tuple[Path, str]] = field(default_factory=list)
    names: dict[tuple[Path, str], str] = field(default_factory=dict)  # a schema of another file → its component
    made: dict[str, Any] = field(default_factory=dict)
    home: Place = ()
    parts: int = 0

    def whole(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the joined document, with the schemas of other files among its components."""
        self.home = ("definitions",) if "swagger" in document else ("components", "schemas")
        named: Any = document
        for step in self.home:
            named = mapping(mapping(named).get(step))
        for name, schema in named.items():
            reference = mapping(schema).get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                where = f"{self.show(self.root)}, {'/'.join(map(str, (*self.home, name)))}"
                self.names.setdefault(self.target(reference, self.root, where), str(name))
        self.made = dict.fromkeys(map(str, named))
        joined: dict[str, Any] = self.join(document, self.root, (), Kind.OBJECT)
        found = {name: schema for name, schema in self.made.items() if name not in named}
        home = joined
        for step in self.home if found else ():
            home[step] = home = mapping(home.get(step))
        home.update(found)
        return joined

    def document(self, path: Path) -> Any:
        if path not in self.documents:
            self.documents[path] = load_yaml(path, name=self.show(path), number_keys=self.number_keys)
        return self.documents[path]

    def show(self, path: Path) -> str:
        return f"{self.prefix}{Path(os.path.relpath(path, self.root.parent)).as_posix()}"

    def join(self, node: Any, path: Path, trail: Place, kind: Kind | None) -> Any:
        """Return a part with its references to other files replaced; `trail` is its place in the joined document."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise PipelineError(
                f"with what its references stand for, the document has over {MAX_PARTS} parts",
                where=f"{self.show(path)}, {'/'.join(map(str, trail)) or '/'}",
                todo="Refer to shared components through the root file.",
            )
        if kind is None:  # the vendor's data, which no second part may share
            return copy.deepcopy(node)
        if isinstance(node, list):
            return [self.join(item, path, (*trail, index), kind_below(kind, index)) for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        members = {key: self.join(value, path, (*trail, key), kind_below(kind, key)) for key, value in node.items()}
        chosen = mapping(mapping(members.get("discriminator")).get("mapping")) if kind is Kind.SCHEMA else {}
        for value, named in chosen.items():
            # Anything else is the name of a component.
            if isinstance(named, str) and _FILE.search(named) and not (path == self.root and named.startswith("#")):
                chosen[value] = self.lead(named, path, (*trail, "discriminator", "mapping", value))
        reference = node.get("$ref")
        return self.follow(members, reference, path, trail, kind) if isinstance(reference, str) else members

    def find(self, reference: str, path: Path, trail: Place) -> tuple[Path, str, Any]:
        """Return the file a reference leads to, the pointer in it, and what is there."""
        where = f"{self.show(path)}, {'/'.join(map(str, trail)) or '/'}"
        target, pointer = self.target(reference, path, where)
        try:
            return target, pointer, resolve_pointer(self.document(target), pointer)
        except LookupError as part:
            raise PipelineError(
                f"the reference {reference} points at nothing ({part.args[0]!r} is not there)",
                where=where,
                todo="Correct the reference or add its target.",
            ) from None

    def lead(self, reference: str, path: Path, trail: Place) -> str:
        """Return the reference to the component that another file's schema is in the joined document."""
        target, pointer, found = self.find(reference, path, trail)
        return f"#{pointer}" if target == self.root else self.component(found, target, pointer)

    def follow(self, members: dict[str, Any], reference: str, path: Path, trail: Place, kind: Kind) -> Any:
        where = f"{self.show(path)}, {'/'.join(map(str, trail)) or '/'}"
        target, pointer, found = self.find(reference, path, trail)
        if target == self.root:
            return {**members, "$ref": f"#{pointer}"}
        is_open = (target, pointer) in self.open
        is_class = is_open or (_is_named(pointer) and mapping(found).keys() & _CLASSES)
        if kind is Kind.SCHEMA and trail[:-1] != self.home and is_class:
            return {**members, "$ref": self.component(found, target, pointer)}
        if is_open:
            raise PipelineError(
                f"the reference {reference} leads back to itself",
                where=where,
                todo="Refer to it through the root file.",
            )
        self.open.append((target, pointer))
        joined = self.join(found, target, trail, kind)
        self.open.pop()
        siblings = {key: value for key, value in members.items() if key != "$ref"}
        if siblings and not isinstance(joined, dict):
            raise PipelineError(
                f"the reference {reference} has members beside it, but points at no mapping",
                where=where,
                todo="Remove them.",
            )
        return {**joined, **siblings} if siblings else joined

    def component(self, found: Any, target: Path, pointer: str) -> str:
        """Return the reference to the component that a schema of another file is; it is joined where it is met first."""
        name = self.names.get((target, pointer))
        if name is None:
            file = target.name.split(".")[0]
            name = split_pointer(pointer)[-1] if pointer.strip("/") else file
            if name in self.made:
                name = numbered(f"{file}_{name}", self.made.__contains__, "_")
            self.names[(target, pointer)] = name
            self.made[name] = None  # taken: the schema may hold itself
            self.made[name] = self.join(found, target, (*self.home, name), Kind.SCHEMA)
        return join_pointer((*self.home, name))

    def target(self, reference: str, path: Path, where: str) -> tuple[Path, str]:
        file, _, pointer = reference.partition("#")
        if "://" in file:
            raise PipelineError(f"{reference} is on another host", where=where, todo=_KEEP)
        try:
            target = (path.parent / unquote(file)).resolve() if file else path
            found = target in self.documents or target.is_file()
        except (OSError, RuntimeError, ValueError):
            raise PipelineError(f"{reference[:200]!r} names no file", where=where, todo=_KEEP) from None
        if not target.is_relative_to(self.within):
            raise PipelineError(f"{reference} leaves the folder of the spec", where=where, todo=_KEEP)
        if not found:
            raise PipelineError(f"{reference}: no such file", where=where, todo="Create it or correct the reference.")
        return target, pointer
