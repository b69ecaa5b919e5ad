"""An effective spec as the engine reads it: operations, parameters and security schemes, by the names that users know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

from attrs import frozen

from .documents import Document, SandboxError, read_yaml
from .nodes import Node, link

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
PARAMETER = re.compile(r"\{([^{}/]+)\}")
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # the standard says so
_PACKAGED = Path(__file__).parents[1] / "specs"
_CHECKOUT = Path(__file__).parents[3] / "generated"


@frozen(eq=False)
class Parameter:
    """A parameter as it travels; `where` is `path`, `query`, `header` or `cookie`."""

    name: str
    where: str
    required: bool
    schema: Node
    style: str
    explode: bool
    is_json: bool
    raw: Node

    @property
    def key(self) -> str:
        """The name that is looked for; that of a header is in lower case."""
        return self.name.lower() if self.where == "header" else self.name

    @property
    def is_object(self) -> bool:
        """Whether the value is an object, whose members travel as texts."""
        return "object" in self.schema.kinds and "string" not in self.schema.kinds

    @property
    def is_spread(self) -> bool:
        """Whether the members are query keys of their own."""
        form = self.where == "query" and self.style == "form" and self.explode
        return form and self.is_object and not self.is_json


@frozen(eq=False)
class Operation:
    """One operation: where it is, who may call it, how often, what it takes and answers."""

    operation_id: str
    method: str
    template: str
    security: tuple[Document, ...]
    rate_limits: tuple[Document, ...]
    raw: Node
    parameters: tuple[Parameter, ...]

    @property
    def taken(self) -> Node:
        """What its body may be, by media type."""
        return self.raw.at("requestBody", "content")

    @property
    def responses(self) -> Node:
        """Its responses by status."""
        return self.raw.at("responses")

    def response(self, status: int) -> Node | None:
        """Return the response that documents a status: its own, its range, or the default."""
        keys = (str(status), f"{status // 100}XX", "default")
        return next((self.responses.at(key) for key in keys if key in self.responses), None)

    @cached_property
    def success(self) -> tuple[int, Node]:
        """The lowest success status and its response; a range counts as its first status."""
        found = sorted(key for key in self.responses if key.startswith("2"))
        return (int(found[0].upper().replace("XX", "00")) if found else 200), self.responses.at(
            *found[:1] or ["default"]
        )

    @property
    def is_file(self) -> bool:
        """Whether it answers with a file or a text instead of JSON."""
        return bool(self.success[1].at("content")) and self.reply is None

    @cached_property
    def reply(self) -> Node | None:
        """The schema of the JSON that it answers with; None for other answers."""
        media_type, media = preferred(self.success[1].at("content"))
        return media.at("schema") if is_json(media_type) else None


class Spec:
    """A document with what is asked of it again and again.

    Operations, schemes and parameters of paths have the names that users know: where `x-client-…` gives them, they stand for the vendor's.
    """

    def __init__(self, document: Document) -> None:
        """Read a document; raises `SandboxError` for a reference that leads nowhere."""
        self.document = document
        self.root = link(document)
        self.schemes = {
            self._scheme(name): each for name, each in self.root.at("components", "securitySchemes").items()
        }
        self.operations: dict[str, Operation] = {}
        for operation in self._operations():
            self.operations.setdefault(operation.operation_id, operation)

    def _scheme(self, name: str) -> str:
        return str(self.root.at("components", "securitySchemes", name).get("x-client-scheme", name))

    def _operations(self) -> Iterator[Operation]:
        for template, item in self.root.at("paths").items():
            for method in METHODS:
                if isinstance(item, Node) and isinstance(item.get(method), Node):
                    yield self._operation(template, method, item, item[method])

    def _operation(self, template: str, method: str, item: Node, raw: Node) -> Operation:
        limited = raw.get("x-rate-limit", self.root.get("x-rate-limit"))
        limits = limited if isinstance(limited, list) else []
        name = raw.get("x-client-operation", raw.get("operationId"))
        if not isinstance(name, str) or name in self.operations:
            name = f"{method.upper()} {template}"
        own: Document = raw.get("x-client-parameters") or {}
        security = raw.get("security", self.root.get("security")) or ()
        parameters = [_parameter(each, own) for each in (*item.get("parameters", ()), *raw.get("parameters", ()))]
        known = {
            (each.where, each.key): each
            for each in parameters
            if not (each.where == "header" and each.key in _IGNORED_HEADERS)
        }
        return Operation(
            operation_id=name,
            method=method.upper(),
            template=PARAMETER.sub(lambda found: f"{{{own.get(found[1], found[1])}}}", template),
            security=tuple({self._scheme(name): scopes for name, scopes in each.items()} for each in security),
            # Another tool's extension of that name has another form and is passed over.
            rate_limits=tuple(
                each for each in limits if isinstance(each, dict) and {"requests", "seconds"} <= each.keys()
            ),
            raw=raw,
            parameters=tuple(known.values()),
        )


def preferred(content: Node) -> tuple[str, Node]:
    """Return the JSON type of a `content` object with what it says, or its first type; an empty name without any.

    Any type, `*/*`, is JSON where its schema is that of an object or a list.
    """
    key = next((key for key in content if is_json(key)), next(iter(content), ""))
    is_any = key == "*/*" and content.at(key, "schema").kinds & {"object", "array"}
    return "application/json" if is_any else key, content.at(key)


def is_json(media_type: str) -> bool:
    """Say whether a media type is JSON."""
    return media_type.partition(";")[0].strip().lower().endswith("json")


def spec_slugs() -> list[str]:
    """List the vendors that have an effective spec, inside the installed package or in `generated/` of a checkout."""
    packaged = [path.stem for path in _PACKAGED.glob("*.yaml")]
    return sorted({*packaged, *(path.parent.name for path in _CHECKOUT.glob("*/openapi.yaml"))})


def read_spec(slug: str, path: Path | None = None) -> Spec:
    """Read the effective spec of a vendor, or the given file; raises `SandboxError` when there is none or it cannot be used."""
    candidates = [path] if path else [_PACKAGED / f"{slug}.yaml", _CHECKOUT / slug / "openapi.yaml"]
    found = next((each for each in candidates if each.is_file()), None)
    if found is None:
        places = " or ".join(str(each) for each in candidates)
        raise SandboxError(
            f"{slug}: there is no spec at {places}; give a file with --spec, or run `nox -s regenerate`."
        )
    return _read(found, found.stat().st_mtime_ns)


@cache
def _read(path: Path, changed: int) -> Spec:
    """Read a file once as long as it does not change; nobody changes what it returns."""
    document = read_yaml(path)
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(document, dict) or version is None:
        raise SandboxError(f"{path}: is no OpenAPI document (it has no member `openapi`); give one of version 3.1.")
    if not str(version).startswith(("3.1", "3.2")):
        raise SandboxError(
            f"{path}: is OpenAPI {str(version)[:20]}; the sandbox reads 3.1, which `nox -s regenerate` writes."
        )
    if not isinstance(document.get("paths"), dict) or not document["paths"]:
        raise SandboxError(f"{path}: has no paths, so there is nothing to serve.")
    try:
        return Spec(document)
    except SandboxError as error:
        raise SandboxError(f"{path}: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"{path}: is no valid OpenAPI document ({error}); check it with a validator.") from error


def _parameter(raw: Node, own: Document) -> Parameter:
    where = str(raw.get("in"))
    name = str(raw.get("name"))
    media_type = next(iter(raw.at("content")), None)
    style = raw.get("style", "form" if where in ("query", "cookie") else "simple")
    return Parameter(
        name=own.get(name, name) if where == "path" else name,
        where=where,
        required=bool(raw.get("required")),
        schema=raw.at("schema") if media_type is None else raw.at("content", media_type, "schema"),
        style=style,
        explode=bool(raw.get("explode", style in ("form", "deepObject"))),
        is_json=media_type is not None,
        raw=raw,
    )
