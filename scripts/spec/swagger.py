"""Swagger 2.0 → OpenAPI 3.0, by @scalar/openapi-upgrader on the pinned Node.

What stands in extensions, examples, defaults and enums is kept from the library: each is replaced by a mark before, and put back afterwards.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from scripts.common.layout import ROOT
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError

SCRIPT = ROOT / "scripts" / "node" / "swagger.mjs"
SECONDS = 120

_MARK = "\ue000kept "
_DATA = ("example", "examples", "default", "enum")
# Below these members stand names, which may be any word.
_NAMES = (
    "paths",
    "responses",
    "definitions",
    "parameters",
    "securityDefinitions",
    "properties",
    "headers",
    "scopes",
    "patternProperties",
)


def swagger_to_30(document: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Return a Swagger 2.0 document as OpenAPI 3.0.

    Raises:
        PipelineError: the library fails, or Node is not installed.
    """
    kept: list[Any] = []
    command = [find_tool("node"), str(SCRIPT)]
    text = json.dumps(_hide(document, kept))
    install_node_tools()
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise PipelineError(
            f"the upgrade from Swagger 2.0 took over {SECONDS} s", where=where, todo="Is the document sound?"
        ) from None
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if "Error" in line), done.stderr.strip()[-200:])
        raise PipelineError(
            f"the upgrade from Swagger 2.0 failed: {reason}", where=where, todo="Correct the document there."
        )
    result = _show(json.loads(done.stdout), kept)
    if not isinstance(result, dict):
        raise PipelineError("the upgrade from Swagger 2.0 gave no document", where=where, todo="Correct the document.")
    return result


def _hide(node: Any, kept: list[Any], *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_hide(item, kept) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        extension = str(key).startswith("x-") and not (names and isinstance(value, dict) and _is_part(value))
        if extension or (not names and key in _DATA):
            mark = f"{_MARK}{len(kept)}"
            kept.append(value)
            result[key] = [mark] if key == "enum" else mark
        else:
            result[key] = _hide(value, kept, names=not names and key in _NAMES and isinstance(value, dict))
    return result


def _is_part(value: dict[str, Any]) -> bool:
    # A header `x-request-id` and a member of that name have a schema; an extension among paths has none of these.
    return bool({"type", "$ref", "in", "items", "allOf", "properties", "schema"} & value.keys())


def _show(node: Any, kept: list[Any]) -> Any:
    if isinstance(node, str) and node.startswith(_MARK):
        return kept[int(node.removeprefix(_MARK))]
    if isinstance(node, list):
        if len(node) == 1 and isinstance(node[0], str) and node[0].startswith(_MARK):
            return kept[int(node[0].removeprefix(_MARK))]
        return [_show(item, kept) for item in node]
    if isinstance(node, dict):
        return {key: _show(value, kept) for key, value in node.items()}
    return node
