"""Make client and models of one document in a folder, as `regenerate` does for a vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scripts.common.document import walk
from scripts.common.jsonpath import show_place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import parse_yaml
from scripts.generate.derive import Derived, client_of, derive
from scripts.generate.models import generate_models
from scripts.spec.bundle import bundle
from scripts.spec.locate import show_lines
from scripts.spec.normalise import normalise
from scripts.spec.upgrade import upgrade


@dataclass(frozen=True)
class Made:
    """Hold what was made: the source in OpenAPI 3.1, the package, its calls, what was adapted."""

    source: dict[str, Any]
    package: str
    calls: list[dict[str, Any]]
    adapted: list[str]


def make(name: str, content: bytes, folder: Path, step: Callable[[str], None]) -> Made:
    """Read, upgrade, adapt and generate; raises `PipelineError` for what is refused."""
    source, prepared = prepare(name, content)
    step("client")
    derived, calls = client_of("tried", prepared, source, folder / "tried_client")
    step("models")
    generate_models("tried", derived.document, folder / "tried_models")
    return Made(source, "tried_client", calls, derived.adapted)


def prepare(name: str, content: bytes) -> tuple[dict[str, Any], Derived]:
    """Return a document in OpenAPI 3.1, and what the generators are given; raises `PipelineError` for what is refused."""
    source = upgrade(normalise(_joined(name, read(name, content))), where=name)
    return source, derive(source, where=name, show=partial(show_lines, text_of(name, content)))


def _joined(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with what it refers to in other files; raises `PipelineError` where these cannot be had."""
    for part in walk(document):
        reference = part.node.get("$ref") if isinstance(part.node, dict) else None
        if isinstance(reference, str) and not reference.startswith("#"):
            if Path(name).is_file() and Path(name).suffix != ".gz":
                file = Path(name).resolve()
                within = next((folder for folder in file.parents if (folder / ".git").exists()), file.parent)
                joined: dict[str, Any] = bundle(file, name=file.name, number_keys=True, within=within)
                return joined
            raise PipelineError(
                f"{show_place(part.place)}: {reference} is in another file", where=name, todo="Join the files into one."
            )
    return document


def read(name: str, content: bytes) -> dict[str, Any]:
    """Read JSON as JSON and everything else as YAML.

    Raises:
        PipelineError: neither of them, or no mapping.
    """
    text = text_of(name, content)
    document: Any = None
    if text.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(text)
        except ValueError:
            document = None  # flow-style YAML starts with a brace as well
    if document is None:
        document = parse_yaml(text, name=name, number_keys=True)
    if not isinstance(document, dict):
        raise PipelineError(
            "the document is not a mapping", where=name, todo="An OpenAPI document starts with `openapi: 3.1.0`."
        )
    return document


def text_of(name: str, content: bytes) -> str:
    """Return the text of a document; raises `PipelineError` for what is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise PipelineError(f"not UTF-8 text (byte {problem.start})", where=name, todo="Save it as UTF-8.") from None
