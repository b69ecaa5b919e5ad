"""Make the OpenAPI file that a vendor could have.

It takes paths, shapes and the vendor's own titles from a spec, and none of our names: operationIds, schemas, tags, credentials and parameters of paths are
called as the generators of other houses call them. Some operations have another method or path than ours, some are left out, some are new; some
mistakes of the vendor's pages are in it; nothing of ours (`x-…`) is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from scripts.common.document import Kind, components, kind_below, mapping, operations, resolve
from scripts.common.layout import find_vendors
from scripts.common.names import snake
from scripts.common.yaml_io import load_yaml
from scripts.spec.bundle import bundle
from scripts.spec.overlay import read_overlays
from scripts.spec.provenance import read_provenance
from scripts.spec.steps import run_steps
from tests.pipeline.reconcile.older import as_30, as_swagger

Json = dict[str, Any]
Key = tuple[str, str]
CHANGES = 12


@dataclass(frozen=True)
class House:
    """Say how a generator of specs names things, and how much of a document it writes inline.

    `identifier` makes an operationId of method, words of the path, tag, path and number; `schema` a name of the words of a thing.
    """

    version: str
    identifier: Callable[[str, list[str], str, str, int], str]
    tag: Callable[[str], str]
    schema: Callable[[str], str]
    inline: float = 0.0
    split: float = 0.0
    shared: bool = False
    titles: bool = True
    reordered: bool = False


def _pascal(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", text))


def _camel(text: str) -> str:
    found = _pascal(text)
    return found[:1].lower() + found[1:]


_VERB = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
HOUSES = {
    "nest": House(
        "3.0.3",
        lambda method, words, tag, path, number: f"{_pascal(tag)}Controller_{_VERB[method]}{number}",
        tag=str,
        schema=lambda name: f"{name}Dto",
        inline=0.75,
    ),
    "springdoc": House(
        "3.0.1",
        lambda method, words, tag, path, number: f"{_VERB[method]}{_pascal(words[-1])}Using{method}_{number}",
        tag=lambda tag: f"{tag.lower().replace(' ', '-')}-controller",
        schema=lambda name: f"{name}ResponseEntity",
        shared=True,
        titles=False,
        reordered=True,
    ),
    "nswag": House(
        "3.0.0",
        lambda method, words, tag, path, number: f"{_pascal(tag)}_{method.title()}{_pascal(' '.join(words[-2:]))}",
        tag=_pascal,
        schema=str,
        split=0.3,
    ),
    "fastapi": House(
        "3.1.0",
        lambda method, words, tag, path, number: re.sub(
            r"\W", "_", f"{_VERB[method]}_{words[-1]}{path}_{method.lower()}"
        ),
        tag=str.lower,
        schema=lambda name: f"{name}Out",
        inline=0.1,
        shared=True,
    ),
    "rswag": House("2.0", lambda *_: "", tag=str, schema=str, inline=1.0),
    "swashbuckle": House(
        "2.0", lambda *_: "", tag=_pascal, schema=lambda name: f"Loyalty.Api.Models.{name}", reordered=True
    ),
}


@dataclass
class Made:
    """Hold the file and, for the tests alone, where operations of ours are in it, which of them are elsewhere, and which are missing."""

    document: Json
    places: dict[Key, Key] = field(default_factory=dict)
    changed: list[Key] = field(default_factory=list)
    missing: list[Key] = field(default_factory=list)


def make(slug: str, name: str, *, named: str = "") -> Made:
    """Return the file of one vendor, as one house writes it, from one seed: `fastapi-3`; operations that stand in `named` are not left out."""
    house, seed = HOUSES[name.partition("-")[0]], name.partition("-")[2]
    rng = Random(f"{slug} {name}")  # noqa: S311 - the same file for the same name
    (vendor,) = find_vendors([slug])
    files = vendor.overlays()
    actions = list(read_overlays(files, [path.name for path in files]))
    # Some mistakes of the page are the file's, others came in on the way to the page. How to sign in and what is answered, the vendor surely knows.
    right = {key: rng.random() < 0.5 for key in dict.fromkeys((action.file, action.ids) for action in actions)}
    known = re.compile(r"\d+-(security|successes|errors|results|replies)")
    chosen = [one for one in actions if known.match(one.file) or seed == "0" or right[one.file, one.ids]]
    _, document = run_steps(bundle(vendor.source), chosen)
    made = Made({})
    ours = {operation["operationId"]: (method, path) for method, path, operation in operations(_effective(vendor))}
    writer = _Writer(document, house, rng)
    items: dict[str, Json] = {}
    for at, method, operation in _moved(document, ours, made, named, rng):
        items.setdefault(at, {})[method.lower()] = writer.operation(method, at, operation)
    listed = [*items.items(), *_unknown(rng)]
    if house.reordered:
        rng.shuffle(listed)
    info = {"title": read_provenance(vendor).title, "version": "1.0.0", "description": "Reference of the API."}
    result: Json = {"openapi": house.version, "info": info, **_servers(document, rng), "paths": dict(listed)}
    if house.shared:
        _share(result, rng)
    result["components"] = {
        **result.get("components", {}),
        "schemas": writer.schemas,
        "securitySchemes": writer.schemes(),
    }
    if "security" in document:
        result["security"] = writer.demands(document["security"])
    made.document = as_swagger(result) if house.version == "2.0" else result
    return made


def _effective(vendor: Any) -> Json:
    return dict(load_yaml(vendor.generated / "openapi.yaml"))


def _shape(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _moved(document: Json, ours: dict[str, Key], made: Made, named: str, rng: Random) -> list[tuple[str, str, Json]]:
    """Return path, method and operation, some of them elsewhere than we have them, some left out, some parameters of paths under other names."""
    listed = operations(document)
    unsure = [
        key
        for key in ((method, path) for method, path, _ in listed)
        if mapping(document["paths"][key[1]][key[0].lower()].get("x-provenance")).get("path") == "inferred"
    ]
    keys = [(method, path) for method, path, _ in listed]
    already = [
        key for key, (_, _, operation) in zip(keys, listed, strict=True) if ours[operation["operationId"]] != key
    ]
    few = max(2, min(CHANGES, len(keys) // 10)) - len(already)
    chosen = set(rng.sample(unsure if len(unsure) >= 2 * few else keys, few))
    spare = [
        (method, path)
        for method, path, operation in listed
        if (method, path) not in {*chosen, *already}
        and not re.search(rf"\b({operation['operationId']}|{snake(operation['operationId'])})\b", named)
    ]
    left_out = set(rng.sample(spare, max(1, len(keys) // 40)))
    taken = {(method, _shape(path)) for method, path in keys}
    spelled = {path: _respelled(path, rng) for path in sorted({path for _, path in keys})}
    found = []
    for method, path, operation in listed:
        known = ours[operation["operationId"]]
        if (method, path) in left_out:
            made.missing.append(known)
            continue
        shared = document["paths"][path].get("parameters") or []
        # Half a correction may refer to a parameter that the other half removed.
        declared = [own for raw in (*shared, *(operation.get("parameters") or [])) if (own := resolve(document, raw))]
        target = method, path
        if (method, path) in chosen:
            target = next(other for other in _elsewhere(method, path, rng) if (other[0], _shape(other[1])) not in taken)
            taken.add((target[0], _shape(target[1])))
        if target != known:
            made.changed.append(known)
        names = spelled[path]
        at = target[1]
        for old, new in names.items():
            at = at.replace(f"{{{old}}}", f"{{{new}}}")
        renamed = [
            {**own, "name": names.get(own["name"], own["name"])} if own.get("in") == "path" else own for own in declared
        ]
        made.places[known] = target[0], at
        found.append((at, target[0], {**operation, "parameters": renamed}))
    return found


def _respelled(path: str, rng: Random) -> dict[str, str]:
    names = re.findall(r"\{(\w+)\}", path)
    return {name: "id" for name in names[-1:] if "id" not in names and rng.random() < 0.3}


def _elsewhere(method: str, path: str, rng: Random) -> list[Key]:
    """Return other methods and paths that would have been as good a guess."""
    segments = path.strip("/").split("/")
    last = max(number for number, segment in enumerate(segments) if "{" not in segment)
    other = segments[last][:-1] if segments[last].endswith("s") else f"{segments[last]}s"
    options = [
        (method, f"/v2{path}"),
        (method, "/" + "/".join([*segments[:last], other, *segments[last + 1 :]])),
        (method, f"{path.rstrip('/')}/{rng.choice(['details', 'items', 'all'])}"),
        ({"PUT": "PATCH", "POST": "PUT", "PATCH": "PUT"}.get(method, "POST"), path),
    ]
    rng.shuffle(options)
    return options


def _unknown(rng: Random) -> list[tuple[str, Json]]:
    """Return operations that no page of ours has."""
    done = {"200": {"description": "OK"}}
    return [
        (f"/{word}", {"get": {"operationId": f"{word}Index", "tags": ["Internal"], "responses": done}})
        for word in rng.sample(["health", "currencies", "consents", "webhook-logs", "feature_flags"], 2)
    ]


def _servers(document: Json, rng: Random) -> Json:
    """Return the first address, sometimes with a variable where ours is plain."""
    url = document["servers"][0]["url"]
    parts = urlsplit(url)
    if rng.random() < 0.5 or "{" in url:
        return {
            "servers": [{"url": url, **({"variables": {"host": {"default": "api.example.com"}}} if "{" in url else {})}]
        }
    return {
        "servers": [{"url": f"{{scheme}}://{parts.netloc}{parts.path}", "variables": {"scheme": {"default": "https"}}}]
    }


def _share(result: Json, rng: Random) -> None:
    """Write equal answers of errors as components, and parameters that all operations of a path have at the path."""
    answers: dict[str, Json] = {}
    for path, item in result["paths"].items():
        for operation in item.values():
            for status, reply in operation["responses"].items():
                if status[:1] in "45d" and mapping(reply).get("content"):
                    name = next((name for name, known in answers.items() if known == reply), f"Response{len(answers)}")
                    answers[name] = reply
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
        lists = [operation.get("parameters") or [] for operation in item.values()]
        common = [part for part in lists[0] if part["in"] == "path" and all(part in other for other in lists)]
        for operation in item.values() if common else ():
            operation["parameters"] = [part for part in operation["parameters"] if part not in common]
        if common:
            result["paths"][path] = {"parameters": common, **item}
    if answers:
        result["components"] = {"responses": answers}


class _Writer:
    def __init__(self, document: Json, house: House, rng: Random) -> None:
        self._document, self._house, self._rng = document, house, rng
        self._inline = {name for name in components(document, "schemas") if rng.random() < house.inline}
        self._names: dict[str, str] = {}
        self._open: list[str] = []
        self._words = ["Item"]
        self._count = 0
        self.schemas: Json = {}
        self._schemes = {name: f"auth{number}" for number, name in enumerate(components(document, "securitySchemes"))}

    def schemes(self) -> Json:
        """Write the credentials."""
        found = self.plain(components(self._document, "securitySchemes"), Kind.NAMED)
        return {self._schemes[name]: scheme for name, scheme in found.items()}

    def demands(self, listed: list[Json]) -> list[Json]:
        """Write which credentials a call needs."""
        return [{self._schemes[name]: scopes for name, scopes in item.items()} for item in listed]

    def operation(self, method: str, path: str, operation: Json) -> Json:
        """Write an operation as the house does."""
        self._count += 1
        plain = [part for part in path.strip("/").split("/") if "{" not in part]
        words = [word for word in plain if word not in ("api", "v1", "v2")] or ["root"]
        self._words = [_pascal(words[-1])]
        tag = str((operation.get("tags") or ["Default"])[0])
        title = mapping(operation.get("x-provenance")).get("title")
        result = {
            "operationId": self._house.identifier(method, words, tag, path, self._count),
            "summary": title if self._house.titles else None,
            "deprecated": operation.get("deprecated"),
            "tags": [self._house.tag(name) for name in operation.get("tags") or []],
            "parameters": self.plain(operation["parameters"], Kind.OBJECT),
            "requestBody": self.plain(operation.get("requestBody"), Kind.OBJECT),
            "responses": self._responses(method, operation.get("responses") or {"default": {"description": "Any."}}),
            "security": self.demands(operation["security"]) if "security" in operation else None,
        }
        if self._rng.random() < 0.05:
            result["operationId"] = None
        empty = ("security",) if operation.get("security") == [] else ()
        return {key: value for key, value in result.items() if value not in (None, "", []) or key in empty}

    def _responses(self, method: str, replies: Json) -> Json:
        exact = {"POST": "201"}.get(method, "200") if self._rng.random() < 0.5 else "200"
        written = self.plain(replies, Kind.NAMED)
        return {exact if status.upper() == "2XX" else status: reply for status, reply in written.items()}

    def plain(self, node: Any, kind: Kind | None) -> Any:
        """Return a part without what is ours, references replaced by what they stand for, or by the house's own."""
        if kind is None:
            return copy.deepcopy(node)
        if isinstance(node, list):
            return [self.plain(item, kind) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._referred(node, kind)
        members = {}
        for key, value in node.items():
            if kind in (Kind.NAMED, Kind.SCHEMAS) or not str(key).startswith("x-"):
                if kind is Kind.SCHEMAS:
                    self._words.append(_pascal(str(key)))
                members[key] = self.plain(value, kind_below(kind, key))
                if kind is Kind.SCHEMAS:
                    self._words.pop()
        return as_30(members) if kind is Kind.SCHEMA and self._house.version != "3.1.0" else members

    def _referred(self, node: Json, kind: Kind) -> Any:
        name = node["$ref"].rpartition("/")[2]
        target = resolve(self._document, node)
        beside = {key: value for key, value in node.items() if key != "$ref"}
        if kind is not Kind.SCHEMA:
            return self.plain({**target, **beside}, kind)
        if name in self._inline and name not in self._open:
            self._open.append(name)
            found = self.plain({**target, **beside}, kind)
            self._open.pop()
            return found
        if name not in self._names:
            self._names[name] = own = self._new_name()
            self.schemas[own] = {}
            self.schemas[own] = self._split(own, self.plain(target, kind))
        return {"$ref": f"#/components/schemas/{self._names[name]}"}

    def _new_name(self) -> str:
        base, number = self._words[-1] or "Item", 2
        wanted = self._house.schema(base)
        while wanted in self._names.values():
            wanted, number = self._house.schema(f"{base}{number}"), number + 1
        return wanted

    def _split(self, own: str, schema: Json) -> Json:
        """Write some objects as a base and what is added to it."""
        members = mapping(schema.get("properties"))
        if len(members) < 3 or "allOf" in schema or self._rng.random() >= self._house.split:
            return schema
        half, demanded = list(members)[: len(members) // 2], schema.get("required") or []
        parts: list[Json] = [{"type": "object", "properties": {}} for _ in range(2)]
        for name, member in members.items():
            parts[name not in half]["properties"][name] = member
        for part in parts:
            part |= {"required": found} if (found := [name for name in demanded if name in part["properties"]]) else {}
        self.schemas[f"{own}Base"] = parts[0]
        kept = {key: value for key, value in schema.items() if key not in ("properties", "required")}
        return {**kept, "allOf": [{"$ref": f"#/components/schemas/{own}Base"}, parts[1]]}
