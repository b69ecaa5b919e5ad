"""Operations of an effective spec as plain records."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from .documents import JSON, Document

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@frozen
class RateLimit:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


@frozen
class Operation:
    """One operation: where it is, who may call it, how often."""

    operation_id: str
    method: str
    template: str
    tag: str
    summary: str
    security: tuple[Mapping[str, tuple[str, ...]], ...]
    rate_limits: tuple[RateLimit, ...]
    own_limits: bool
    raw: Document


def read_operations(spec: Document) -> tuple[Operation, ...]:
    """List the operations of a spec in its own order."""
    found = []
    for template, item in spec["paths"].items():
        for method in METHODS:
            raw = item.get(method)
            if raw is None:
                continue
            limits = raw.get("x-rate-limit")
            found.append(
                Operation(
                    operation_id=raw["operationId"],
                    method=method.upper(),
                    template=template,
                    tag=(raw.get("tags") or ["other"])[0],
                    summary=raw.get("summary", ""),
                    security=_security(raw.get("security", spec.get("security", []))),
                    rate_limits=_limits(spec.get("x-rate-limit", []) if limits is None else limits),
                    own_limits=limits is not None,
                    raw=raw,
                )
            )
    return tuple(found)


def resolve(spec: Document, value: JSON) -> JSON:
    """Follow local references until something else than a reference stands there."""
    seen = 0
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        target: JSON = spec
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]  # type: ignore[index]
        value = target
        seen += 1
        if seen > 100:
            raise ValueError("references go in a circle")
    return value


def response_for(spec: Document, operation: Operation, status: int) -> Document | None:
    """Return the response object that documents a status: its own, its range, or the default."""
    responses = operation.raw.get("responses", {})
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in responses:
            found = resolve(spec, responses[key])
            return found if isinstance(found, dict) else None
    return None


def _security(requirements: list[dict[str, list[str]]]) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    return tuple({name: tuple(scopes) for name, scopes in requirement.items()} for requirement in requirements)


def _limits(limits: list[Document]) -> tuple[RateLimit, ...]:
    return tuple(RateLimit(requests=limit["requests"], seconds=limit["seconds"]) for limit in limits)
