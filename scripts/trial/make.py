"""Make client and models of one document in a folder, as `regenerate` does for a vendor."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.document import walk
from scripts.common.jsonpath import show_place
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_yaml, parse_yaml
from scripts.generate.adapt import adapt
from scripts.generate.client import generate_client
from scripts.generate.models import generate_models
from scripts.spec.bundle import bundle
from scripts.spec.normalise import normalise
from scripts.spec.readiness import check_readiness
from scripts.spec.structure import check_structure
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
    source = upgrade(normalise(_joined(name, read(name, content))), where=name)
    step("client")
    target = folder / "tried_client"
    try:
        document, adapted = adapted_for(source, name, thorough=False)
        calls = generate_client("tried", document, target)
    except PipelineError:
        shutil.rmtree(target, ignore_errors=True)
        document, adapted = adapted_for(source, name, thorough=True)
        calls = generate_client("tried", document, target)
    step("models")
    spec = folder / "openapi.yaml"
    spec.write_text(dump_yaml(document), encoding="utf-8", newline="\n")
    generate_models("tried", spec, folder / "tried_models")
    return Made(source, "tried_client", calls, adapted)


def adapted_for(source: dict[str, Any], name: str, *, thorough: bool) -> tuple[dict[str, Any], list[str]]:
    """Adapt a document and refuse what no generated code could carry."""
    document, adapted = adapt(source, thorough=thorough)
    faults = check_structure(document) or [str(item) for item in check_readiness(document)]
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise PipelineError(f"{faults[0]}{more}", where=name, todo="Correct the document, or add an overlay action.")
    return document, adapted


def _joined(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with what it refers to in other files; raises `PipelineError` where these cannot be had."""
    for part in walk(document):
        reference = part.node.get("$ref") if isinstance(part.node, dict) else None
        if isinstance(reference, str) and not reference.startswith("#"):
            if Path(name).is_file() and Path(name).suffix != ".gz":
                joined: dict[str, Any] = bundle(Path(name), name=Path(name).name, number_keys=True)
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
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise PipelineError(f"not UTF-8 text (byte {problem.start})", where=name, todo="Save it as UTF-8.") from None
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
