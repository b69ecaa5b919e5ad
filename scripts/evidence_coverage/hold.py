"""Compare one fact with what a document says at its subject."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripts.evidence_coverage import claims, schema_checks
from scripts.evidence_coverage.fact import Fact
from scripts.evidence_coverage.schema_checks import in_words, marked, text, types
from scripts.evidence_coverage.subject import Node, Operation, find_subject

# The evidence's words for styles of paging, and those of `x-pagination`.
_PAGING = {"cursor-links": "cursor-links", "laravel-links-meta": "page-links"}


def holds(operation: Operation, fact: Fact) -> bool:
    """Tell whether a document says what the fact says."""
    nodes = find_subject(operation, fact)
    if fact.attribute in ("there", "absent"):
        return bool(nodes) is (fact.value is (fact.attribute == "there"))
    if fact.attribute in _WHOLE:
        return _WHOLE[fact.attribute](operation, nodes, fact.value)
    if fact.kind == "security":
        return _security(operation, fact)
    return any(_NODE[fact.attribute](node, fact.value) for node in nodes)


def found(operation: Operation, fact: Fact) -> str:
    """Say in a few words what the document has instead."""
    nodes = find_subject(operation, fact)
    if not nodes:
        return "nothing"
    if fact.attribute in ("type", "allows"):
        return " or ".join(sorted({kind for node in nodes for kind in types(node)}))
    if fact.attribute == "required":
        return str(any(node.required for node in nodes))
    if fact.attribute == "path":
        return operation.path
    values = [schema[fact.attribute] for node in nodes for schema in node.schemas if fact.attribute in schema]
    return json.dumps(values[0], ensure_ascii=False)[:60] if values else "something else"


def _method(operation: Operation, nodes: list[Node], value: str) -> bool:
    return operation.method == value


def _path(operation: Operation, nodes: list[Node], value: str) -> bool:
    return operation.path == value


def _number_in_words(operation: Operation, nodes: list[Node], number: int) -> bool:
    """Look in the words of the parameter and in those of the operation."""
    return bool(nodes) and any(in_words(node, number) for node in (*nodes, Node(operation.raw)))


def _sample(operation: Operation, nodes: list[Node], value: Any) -> bool:
    """Look for a printed value among enums, constants and examples of the subject, and in the examples of its body."""
    known: set[str] = set()
    words = ""
    for node in nodes:
        for part in (node.holder, *node.schemas):
            values = [
                *part.get("enum", []),
                part.get("const"),
                *_list(part.get("examples")),
                *_list(part.get("example")),
            ]
            known.update(map(text, values))
            words += str(part.get("description", ""))
    known.update(leaf for body in _bodies(operation) for leaf in _leaves(body.get("examples")))
    return bool(nodes) and (text(value) in known or f"`{value}`" in words)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None or isinstance(value, dict) else [value]


def _bodies(operation: Operation) -> list[dict[str, Any]]:
    holders = [operation.request() or {}, *operation.replies().values()]
    return [media for holder in holders for media in (holder.get("content") or {}).values()]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [text(value)]


def _not_documented(operation: Operation, nodes: list[Node], value: bool) -> bool:
    """Accept no body, an open one, or one whose reply is marked as inferred: nothing is passed off as documented."""
    return bool(nodes) and all(
        not node.schemas
        or marked(node, True)
        or all(schema.get("x-undocumented") or schema.get("type") == "null" for schema in node.schemas)
        for node in nodes
    )


def _status_inferred(operation: Operation, nodes: list[Node], value: bool) -> bool:
    return any(marked(node, True) for node in nodes) or (bool(nodes) and "2XX" in operation.replies())


def _security(operation: Operation, fact: Fact) -> bool:
    alternatives = operation.raw.get("security", operation.document.get("security") or [])
    if fact.attribute == "roles":
        return any(tuple(item.get(fact.subject[0], ("",))) == fact.value for item in alternatives)
    if fact.attribute == "alternatives":
        main = [next(iter(item), "") for item in alternatives]
        return bool(tuple(sorted(main)) == fact.value)
    known = (operation.document.get("components") or {}).get("securitySchemes") or {}
    schemes = [known[name] for item in alternatives for name in item]
    bearer = any(scheme["type"] == "oauth2" or scheme.get("scheme") == "bearer" for scheme in schemes)
    in_header = all(scheme.get("name", "Authorization") == "Authorization" for scheme in schemes)
    kinds = {"none": not schemes, "bearer": bearer, "header": bool(schemes) and in_header}
    return kinds[str(fact.value)]


_WHOLE: dict[str, Callable[[Operation, list[Node], Any], bool]] = {
    "method": _method,
    "path": _path,
    "number in words": _number_in_words,
    "sample": _sample,
    "body not documented": _not_documented,
    "status inferred": _status_inferred,
}
_NODE: dict[str, Callable[[Node, Any], bool]] = {
    "type": schema_checks.typed,
    "allows": schema_checks.allows,
    "format": schema_checks.formatted,
    "required": lambda node, value: node.required is value,
    "enum": schema_checks.listed,
    "default": schema_checks.defaulted,
    "default in words": schema_checks.mentions,
    "variants": schema_checks.variants,
    "one of several": schema_checks.one_of_several,
    "schema": schema_checks.named,
    "media type": schema_checks.media,
    "marked as inferred": marked,
    "confidence": schema_checks.sure,
    "lowest version": schema_checks.lowest,
    **{name: schema_checks.keyword(name) for name in ("pattern", "minLength", "maxLength", "minimum", "maximum")},
    **{name: schema_checks.keyword(name) for name in ("minItems", "maxItems", "uniqueItems", "minProperties")},
    **{name: schema_checks.keyword(name) for name in ("style", "explode")},
    "grade": claims.graded,
    "grade confidence": claims.provenance("confidence"),
    "method confidence": claims.provenance("method-confidence"),
    "path confidence": claims.provenance("path-confidence"),
    "newer": claims.provenance("newer"),
    "reason": claims.reasoned,
    "source": claims.sourced,
    "alternative": claims.has_alternative,
    "alternatives at least": claims.has_alternatives,
    "deprecated": lambda node, value: bool(node.holder.get("deprecated")) is value,
    "end announced": claims.announced,
    "inconsistencies": lambda node, value: set(value) <= set(node.holder.get("x-evidence-ids") or []),
    "pagination": lambda node, value: bool((node.holder.get("x-pagination") or {}).get("style") == _PAGING[value]),
}
