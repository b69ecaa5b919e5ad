"""Join a source spec that is split into files into one document.

The root refers to parts of other files (`paths/perks.yaml#/~1perks`); inside the files, shared components are referred to through the root
(`../openapi.yaml#/components/schemas/Perk`). References of the first kind are replaced by what they point at; those of the second kind become local.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripts.common.document import is_data, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml


def bundle(source: Path, *, name: str = "", number_keys: bool = False) -> Any:
    """Load a source spec with everything its files refer to, as one document.

    Raises:
        PipelineError: a file is unreadable or outside the spec's folder, or a reference points at nothing or at itself.
    """
    folder = source.parent.resolve()
    prefix = name.removesuffix(source.name)
    documents: dict[Path, Any] = {}

    def document(path: Path) -> Any:
        if path not in documents:
            documents[path] = load_yaml(
                path, name=f"{prefix}{path.relative_to(folder).as_posix()}", number_keys=number_keys
            )
        return documents[path]

    def join(node: Any, path: Path, trail: Place) -> Any:
        if isinstance(node, list):
            return [join(item, path, (*trail, index)) for index, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and not is_data(trail):
            return follow(node, reference, path, trail)
        return {key: join(value, path, (*trail, key)) for key, value in node.items()}

    def follow(node: dict[str, Any], reference: str, path: Path, trail: Place) -> Any:
        where = f"{prefix}{path.relative_to(folder).as_posix()}, {'/'.join(map(str, trail)) or '/'}"
        file, _, pointer = reference.partition("#")
        if "://" in file:
            raise PipelineError(
                f"{reference} is on another host", where=where, todo="Keep every part of a spec in its folder."
            )
        target = (path.parent / file).resolve() if file else path
        if not target.is_relative_to(folder):
            raise PipelineError(
                f"{reference} leaves the folder of the spec",
                where=where,
                todo="Keep every part of a spec in its folder.",
            )
        try:
            found = resolve_pointer(document(target), pointer)
        except LookupError as part:
            raise PipelineError(
                f"the reference {reference} points at nothing ({part.args[0]!r} is not there)",
                where=where,
                todo="Correct the reference or add its target.",
            ) from None
        if target == root:
            return {**{key: join(value, path, (*trail, key)) for key, value in node.items()}, "$ref": f"#{pointer}"}
        if (target, pointer) in open_references:
            raise PipelineError(
                f"the reference {reference} leads back to itself",
                where=where,
                todo="Refer to it through the root file.",
            )
        open_references.append((target, pointer))
        joined = join(found, target, trail)
        open_references.pop()
        siblings = {key: join(value, path, (*trail, key)) for key, value in node.items() if key != "$ref"}
        if siblings and not isinstance(joined, dict):
            raise PipelineError(
                f"the reference {reference} has members beside it, but points at no mapping",
                where=where,
                todo="Remove them.",
            )
        return {**joined, **siblings} if siblings else joined

    root = source.resolve()
    open_references: list[tuple[Path, str]] = []
    whole = document(root)
    if not isinstance(whole, dict):
        raise PipelineError(
            "the document is not a mapping",
            where=name or source.name,
            todo="An OpenAPI document starts with `openapi: 3.1.0`.",
        )
    return join(whole, root, ())
