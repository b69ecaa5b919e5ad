"""Join a source spec that is split into files into one document.

The root refers to parts of other files (`paths/perks.yaml#/~1perks`); inside the files, shared components are referred to through the root
(`../openapi.yaml#/components/schemas/Perk`). References of the first kind are replaced by what they point at; those of the second kind become local.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.common.document import Kind, kind_below, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml

_KEEP = "Keep every part of a spec in its folder."
MAX_PARTS = 2_000_000  # of the joined document; references to references can multiply without end


def bundle(source: Path, *, name: str = "", number_keys: bool = False) -> Any:
    """Load a source spec with everything its files refer to, as one document.

    Raises:
        PipelineError: a file is unreadable or outside the spec's folder, or a reference points at nothing or at itself.
    """
    bundler = _Bundler(source.resolve(), name.removesuffix(source.name), number_keys)
    whole = bundler.document(bundler.root)
    if not isinstance(whole, dict):
        raise PipelineError(
            "the document is not a mapping",
            where=name or source.name,
            todo="An OpenAPI document starts with `openapi: 3.1.0`.",
        )
    return bundler.join(whole, bundler.root, (), Kind.OBJECT)


@dataclass
class _Bundler:
    root: Path
    prefix: str
    number_keys: bool
    documents: dict[Path, Any] = field(default_factory=dict)
    open: list[tuple[Path, str]] = field(default_factory=list)
    parts: int = 0

    def document(self, path: Path) -> Any:
        if path not in self.documents:
            self.documents[path] = load_yaml(path, name=self.show(path), number_keys=self.number_keys)
        return self.documents[path]

    def show(self, path: Path) -> str:
        return f"{self.prefix}{path.relative_to(self.root.parent).as_posix()}"

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
        reference = node.get("$ref")
        return self.follow(members, reference, path, trail, kind) if isinstance(reference, str) else members

    def follow(self, members: dict[str, Any], reference: str, path: Path, trail: Place, kind: Kind) -> Any:
        where = f"{self.show(path)}, {'/'.join(map(str, trail)) or '/'}"
        target, pointer = self.target(reference, path, where)
        try:
            found = resolve_pointer(self.document(target), pointer)
        except LookupError as part:
            raise PipelineError(
                f"the reference {reference} points at nothing ({part.args[0]!r} is not there)",
                where=where,
                todo="Correct the reference or add its target.",
            ) from None
        if target == self.root:
            return {**members, "$ref": f"#{pointer}"}
        if (target, pointer) in self.open:
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

    def target(self, reference: str, path: Path, where: str) -> tuple[Path, str]:
        file, _, pointer = reference.partition("#")
        if "://" in file:
            raise PipelineError(f"{reference} is on another host", where=where, todo=_KEEP)
        if "\0" in file:
            raise PipelineError(f"{reference!r} names no file", where=where, todo=_KEEP)
        target = (path.parent / file).resolve() if file else path
        if not target.is_relative_to(self.root.parent):
            raise PipelineError(f"{reference} leaves the folder of the spec", where=where, todo=_KEEP)
        return target, pointer
