"""Judge a downloaded body: is it an OpenAPI document, whose, and how many operations has it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from scripts.common.document import operations, walk
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import parse_yaml

_SHRINK_LIMIT = 0.1  # part of the operations that may vanish without a word from the maintainer


@dataclass(frozen=True)
class Spec:
    """Hold an OpenAPI document with the bytes it came in."""

    content: bytes = field(repr=False)
    title: str
    openapi: str
    operations: int


def read_spec(content: bytes, *, where: str) -> Spec:
    """Parse and check a body.

    Raises:
        PipelineError: not UTF-8, neither JSON nor YAML, neither OpenAPI 3 nor Swagger 2.0, without operations, or spread over several files.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        found = f"not UTF-8 text (byte {problem.start})"
        raise PipelineError(found, where=where, todo="Look at what the address answers.") from None
    if not text.strip():
        raise PipelineError("the answer is empty", where=where, todo="Look at what the address answers.")
    document = parse_yaml(text, name=where, number_keys=True)
    todo = "Correct `download` in provenance.toml: it must be the address of the vendor's OpenAPI file or page."
    if not isinstance(document, dict):
        raise PipelineError("not an OpenAPI document: no mapping", where=where, todo=todo)
    version, info = str(document.get("openapi") or document.get("swagger") or ""), document.get("info")
    if not version.startswith(("3.", "2.0")):
        raise PipelineError("not an OpenAPI document: no `openapi: 3.…`", where=where, todo=todo)
    if (
        not isinstance(info, dict)
        or not isinstance(info.get("title"), str)
        or not isinstance(document.get("paths"), dict)
    ):
        raise PipelineError("not an OpenAPI document: no `info.title` or no `paths`", where=where, todo=todo)
    count = len(operations(document))
    if not count:
        raise PipelineError("the document has no operations", where=where, todo=todo)
    references = (part.node.get("$ref") for part in walk(document) if isinstance(part.node, dict))
    outside = next((text for text in references if isinstance(text, str) and not text.startswith("#")), None)
    if outside is not None:
        found = f"the document refers to another file: {outside}"
        raise PipelineError(found, where=where, todo="Look whether the vendor also offers it as one file.")
    return Spec(content, info["title"], version, count)


def check_title(spec: Spec, titles: Collection[str], *, where: str) -> None:
    """Refuse a document of another API, judged by its title without regard to case and spaces.

    Raises:
        PipelineError: it has none of the known titles.
    """
    if _plain(spec.title) not in map(_plain, titles):
        known = " or ".join(repr(title) for title in dict.fromkeys(titles))
        todo = "If it is the right API, correct `title` in provenance.toml; else correct the address."
        raise PipelineError(f"the title is {spec.title!r}, known is {known}", where=where, todo=todo)


def check_shrink(spec: Spec, recorded: int, *, accept_fewer: bool, where: str) -> None:
    """Refuse a document that lost more than a tenth of the operations.

    Raises:
        PipelineError: too few operations, and the maintainer did not accept it.
    """
    if not accept_fewer and spec.operations < recorded * (1 - _SHRINK_LIMIT):
        todo = "Look whether the vendor really withdrew them; then repeat with --accept-fewer."
        raise PipelineError(f"only {spec.operations} operations, {recorded} before", where=where, todo=todo)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
