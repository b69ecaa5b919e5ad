"""Swagger 2.0 → OpenAPI 3.0, by @scalar/openapi-upgrader on the pinned Node.

What stands in extensions, examples, defaults and enums is kept from the library: each is replaced by a mark before, and put back afterwards.
"""

from __future__ import annotations

import copy
import json
import subprocess
from typing import Any

from scripts.common.document import METHODS, mapping
from scripts.common.layout import ROOT
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError

SCRIPT = ROOT / "scripts" / "node" / "swagger.mjs"
SECONDS = 120

_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_BODIES = ("body", "formData")
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
    # The library knows the version as text only, and returns anything else as it came.
    text = json.dumps({**_with_own_bodies(_hide(document, kept), where), "swagger": "2.0"})
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
    if not isinstance(result, dict) or "openapi" not in result:
        raise PipelineError("the upgrade from Swagger 2.0 gave no document", where=where, todo="Correct the document.")
    return result


def _with_own_bodies(document: dict[str, Any], where: str) -> dict[str, Any]:
    """Put shared bodies and form fields where they are referred to, since the library loses them beside other parameters.

    A form without a media type is URL-encoded, and multipart where it has a file; the library would send each as multipart.
    """
    shared = {f"#/parameters/{name}": mapping(item) for name, item in mapping(document.get("parameters")).items()}
    for path, item in mapping(document.get("paths")).items():
        common = _given(item, shared)
        moved = [one for one in common if one.get("in") in _BODIES]
        if moved:
            item["parameters"] = [one for one in common if one.get("in") not in _BODIES]
        for method in [key for key in mapping(item) if key in METHODS and isinstance(item[key], dict)]:
            operation = item[method]
            for key in ("consumes", "produces"):
                if operation.get(key) == []:  # the library would drop what is sent or answered
                    operation[key] = ["application/json"]
            given = [*moved, *_given(operation, shared)]
            if given:
                operation["parameters"] = given
            if any(one.get("collectionFormat") == "tsv" for one in [*common, *given]):
                raise PipelineError(
                    f"{path}: values with tabs between them (collectionFormat tsv)",
                    where=where,
                    todo="OpenAPI 3 has no style for them: choose another.",
                )
            fields = {one.get("type") for one in given if one.get("in") == "formData"}
            stated = operation.get("consumes") or document.get("consumes") or []
            if fields and not {_FORM, _MULTIPART} & set(map(str, stated)):
                operation["consumes"] = [_MULTIPART if "file" in fields else _FORM]
    return document


def _given(owner: Any, shared: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parameters of a path or an operation, shared ones as they are."""
    given = mapping(owner).get("parameters")
    listed = [mapping(one) for one in given] if isinstance(given, list) else []
    return [shared.get(str(one.get("$ref")), one) for one in listed]


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
        return copy.deepcopy(kept[int(node.removeprefix(_MARK))])
    if isinstance(node, list):
        if len(node) == 1 and isinstance(node[0], str) and node[0].startswith(_MARK):
            return copy.deepcopy(kept[int(node[0].removeprefix(_MARK))])
        return [_show(item, kept) for item in node]
    if isinstance(node, dict):
        return {key: _show(value, kept) for key, value in node.items()}
    return node
