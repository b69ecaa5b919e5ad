"""Make the OpenAPI file that a vendor could have behind a transcribed page: `python -m tests.pipeline.reconcile.plausible pepper 1 out.json`.

It takes paths, shapes and the vendor's own titles from the transcription, and none of our names: operationIds, schema names, tags' spelling, statuses
and parameters of paths are made up here from the seed. The file is OpenAPI 3.0.3 with most schemas inline; some mistakes of the page are in it, others are
not; twelve operations have another path or method than was deduced; nothing of ours (`x-…`) is in it.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from scripts.common.document import Kind, kind_below, mapping, operations, resolve
from scripts.common.layout import find_vendors
from scripts.spec.bundle import bundle
from scripts.spec.overlay import read_overlays
from scripts.spec.provenance import read_provenance
from scripts.spec.steps import run_steps

CHANGES = 12


@dataclass
class Made:
    """Hold the file and, for the tests alone, where each operation of the transcription is in it: (method, path) → (method, path)."""

    document: dict[str, Any]
    places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    changed: list[tuple[str, str]] = field(default_factory=list)


def make(slug: str, seed: int) -> Made:
    """Return the vendor's file of one seed."""
    rng = Random(seed)  # noqa: S311 - the same file for the same seed
    (vendor,) = find_vendors([slug])
    source = bundle(vendor.source)
    files = vendor.overlays()
    # Some mistakes of the page are the file's, others came in on the way to the page.
    actions = list(read_overlays(files, [path.name for path in files]))
    right = {key: rng.random() < 0.5 for key in dict.fromkeys((action.file, action.ids) for action in actions)}
    # How to sign in and what is answered, the vendor surely knows.
    corrected = [
        action for action in actions if action.file[:2] in ("60", "65", "70") or right[action.file, action.ids]
    ]
    _, document = run_steps(source, corrected)
    made = Made({})
    paths = _moved(document, made, rng)
    names = {
        name: f"{rng.choice(['Api', 'Public', 'Core'])}{rng.choice(['Dto', 'Model', 'Entity'])}{number}"
        for number, name in enumerate(sorted(mapping(document["components"]).get("schemas", {})))
    }
    shared = {name for name in names if rng.random() < (0.0, 0.25, 0.5)[seed % 3]}
    writer = _Writer(document, names, shared, rng)
    result: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": read_provenance(vendor).title, "version": "1.0.0", "description": "Reference of the API."},
        "servers": [{"url": document["servers"][0]["url"]}],
        "paths": {},
    }
    for path, item in paths.items():
        result["paths"][path] = {method: writer.operation(method, part) for method, part in item.items()}
    result["components"] = {
        "schemas": writer.schemas,
        "securitySchemes": writer.plain(document["components"]["securitySchemes"], Kind.NAMED),
    }
    if "security" in document:
        result["security"] = document["security"]
    made.document = result
    return made


def _moved(document: dict[str, Any], made: Made, rng: Random) -> dict[str, dict[str, Any]]:
    """Return path → method → operation, twelve of them elsewhere than deduced, some parameters of paths under other names."""
    listed = operations(document)
    unsure = [
        (method, path) for method, path, item in listed if mapping(item.get("x-provenance")).get("path") == "inferred"
    ]
    chosen = set(rng.sample(unsure, CHANGES))
    taken = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path, _ in listed}
    paths: dict[str, dict[str, Any]] = {}
    renamed = {
        path: {name: "id" for name in re.findall(r"\{(\w+)\}", path)[-1:] if rng.random() < 0.2}
        for _, path, _ in listed
    }
    for method, path, operation in listed:
        own = {
            **operation,
            "parameters": [*(document["paths"][path].get("parameters") or []), *(operation.get("parameters") or [])],
        }
        target = method, path
        if (method, path) in chosen:
            options = [
                found
                for found in _elsewhere(method, path, rng)
                if (found[0], re.sub(r"\{\w+\}", "{}", found[1])) not in taken
            ]
            target = options[0]
            taken.add((target[0], re.sub(r"\{\w+\}", "{}", target[1])))
            made.changed.append((method, path))
        # Half a correction may refer to a parameter that the other half removed.
        declared = [found for raw in own["parameters"] if (found := resolve(document, raw))]
        own["parameters"] = [_renamed(found, renamed[path]) for found in declared]
        own_names = renamed[path]
        at = "/".join(
            f"{{{own_names.get(part[1:-1], part[1:-1])}}}" if part[:1] == "{" else part for part in target[1].split("/")
        )
        made.places[method, path] = target[0], at
        paths.setdefault(at, {})[target[0].lower()] = own
    return paths


def _renamed(parameter: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return (
        {**parameter, "name": names[parameter["name"]]}
        if parameter.get("in") == "path" and parameter["name"] in names
        else parameter
    )


def _elsewhere(method: str, path: str, rng: Random) -> list[tuple[str, str]]:
    """Return other methods and paths that would have been as good a guess."""
    segments = path.strip("/").split("/")
    fixed = [number for number, segment in enumerate(segments) if "{" not in segment]
    last = fixed[-1]
    spelled = [
        *segments[:last],
        segments[last][:-1] if segments[last].endswith("s") else f"{segments[last]}s",
        *segments[last + 1 :],
    ]
    options = [
        (method, f"/v2{path}"),
        (method, "/" + "/".join(spelled)),
        (method, f"{path}/{rng.choice(['details', 'items', 'all'])}"),
        ({"PUT": "PATCH", "POST": "PUT", "PATCH": "PUT"}.get(method, "POST"), path),
    ]
    rng.shuffle(options)
    return options


class _Writer:
    def __init__(self, document: dict[str, Any], names: dict[str, str], shared: set[str], rng: Random) -> None:
        self._document, self._names, self._shared, self._rng = document, names, shared, rng
        self._open: list[str] = []
        self._count = 0
        self.schemas: dict[str, Any] = {}

    def operation(self, method: str, operation: dict[str, Any]) -> dict[str, Any]:
        """Write an operation as the vendor's generator would."""
        self._count += 1
        tag = str((operation.get("tags") or ["Default"])[0])
        title = mapping(operation.get("x-provenance")).get("title") or f"{method.title()} {self._count}"
        result = {
            "operationId": f"{re.sub(r'[^A-Za-z]', '', tag)}Controller_{method}{self._count}",
            "summary": title,
            **({"deprecated": True} if operation.get("deprecated") else {}),
            "tags": operation.get("tags"),
            "parameters": self.plain(operation["parameters"], Kind.OBJECT),
            **(
                {"requestBody": self.plain(operation["requestBody"], Kind.OBJECT)} if "requestBody" in operation else {}
            ),
            "responses": self._responses(
                method, self.plain(operation.get("responses") or {"default": {"description": "Any."}}, Kind.NAMED)
            ),
            **({"security": operation["security"]} if "security" in operation else {}),
        }
        if self._rng.random() < 0.05:
            del result["operationId"]
        return {key: value for key, value in result.items() if value not in (None, [])}

    def _responses(self, method: str, replies: dict[str, Any]) -> dict[str, Any]:
        exact = {"post": "201"}.get(method, "200") if self._rng.random() < 0.5 else "200"
        return {exact if status.upper() == "2XX" else status: reply for status, reply in replies.items()}

    def plain(self, node: Any, kind: Kind | None) -> Any:
        """Return a part as OpenAPI 3.0 without what is ours, references replaced by what they stand for."""
        if kind is None:
            return copy.deepcopy(node)
        if isinstance(node, list):
            return [self.plain(item, kind) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._referred(node, kind)
        members = {
            key: self.plain(value, kind_below(kind, key))
            for key, value in node.items()
            if kind in (Kind.NAMED, Kind.SCHEMAS) or not str(key).startswith("x-")
        }
        return _as_30(members) if kind is Kind.SCHEMA else members

    def _referred(self, node: dict[str, Any], kind: Kind) -> Any:
        name = node["$ref"].rpartition("/")[2]
        target = resolve(self._document, node)
        if kind is not Kind.SCHEMA:
            return self.plain(target, kind)
        if name not in self._shared and name not in self._open:
            self._open.append(name)
            found = self.plain({**target, **{key: value for key, value in node.items() if key != "$ref"}}, kind)
            self._open.pop()
            return found
        own = self._names[name]
        if own not in self.schemas:
            self.schemas[own] = {}
            self._shared.add(name)
            self.schemas[own] = self.plain(target, kind)
        return {"$ref": f"#/components/schemas/{own}"}


def _as_30(schema: dict[str, Any]) -> dict[str, Any]:
    """Write a schema in the words of OpenAPI 3.0."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        left = [item for item in kinds if item != "null"]
        if "null" in kinds:
            schema["nullable"] = True
        schema.pop("type")
        if len(left) == 1:
            schema["type"] = left[0]
        elif left:
            schema["anyOf"] = [{"type": item} for item in left]
    for word in ("anyOf", "oneOf"):
        parts = schema.get(word)
        if parts and {"type": "null"} in parts:
            schema[word] = [part for part in parts if part != {"type": "null"}]
            schema["nullable"] = True
            if len(schema[word]) == 1:
                schema["allOf"] = schema.pop(word)
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if isinstance(schema.get("examples"), list):
        examples = schema.pop("examples")
        schema["example"] = examples[0]
    for word, base in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(word), int | float) and not isinstance(schema[word], bool):
            schema[base] = schema.pop(word)
            schema[word] = True
    for word in (
        "$comment",
        "contentMediaType",
        "contentEncoding",
        "patternProperties",
        "propertyNames",
        "if",
        "then",
        "else",
    ):
        schema.pop(word, None)
    return schema


def main() -> int:
    """Write the file of one vendor and seed."""
    slug, seed, target = sys.argv[1:4]
    made = make(slug, int(seed))
    Path(target).write_text(json.dumps(made.document, indent=1, ensure_ascii=False), encoding="utf-8")
    print(len(operations(made.document)), "operations,", len(made.changed), "changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
