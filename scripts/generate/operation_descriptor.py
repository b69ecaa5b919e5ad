"""The descriptor of one operation as Python source, from what the effective spec declares, and the rules of what leaves: parameters and JSON bodies."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping, parameters, resolve
from scripts.generate import descriptors
from scripts.generate.operation_view import OperationView
from scripts.generate.operation_words import inferred

_STYLES = {
    ("form", False): "csv",
    ("spaceDelimited", False): "space",
    ("pipeDelimited", False): "pipe",
    ("deepObject", True): "deep",
    ("deepObject", False): "deep",
}


def descriptor_class(view: OperationView) -> str:
    """The class of the runtime's descriptor."""
    return f"{descriptors.MODULE}.{'PagedOperation' if view.page else ('LongOperation' if view.long else 'Operation')}"


def descriptor_fields(view: OperationView) -> list[str]:
    """The keyword arguments of the descriptor that come from the spec, without replies."""
    operation = view.operation
    requirements = operation["security"] if "security" in operation else view.document.get("security")
    lines = [
        f"vendor={view.slug!r}",
        f"id={view.id!r}",
        f"method={view.method!r}",
        f"path={view.path!r}",
        f"security={descriptors.security(requirements)}",
    ]
    for name, styles in (("query_styles", query_styles(view)), ("path_styles", path_styles(view))):
        if styles:
            lines.append(f"{name}={styles!r}")
    own = operation.get("servers") or view.item.get("servers")
    if own and own != view.document.get("servers"):
        lines.append(f"servers={descriptors.servers(own, prefix=f'{descriptors.MODULE}.')}")
    if operation.get("x-rate-limit"):
        lines.append(f"rate_limits={descriptors.rate_limits(operation['x-rate-limit'])}")
    if operation.get("x-idempotency"):
        lines.append(f"idempotency={descriptors.idempotency(operation['x-idempotency'])}")
    if view.outcome:
        places = {
            str(item["name"]): "headers" if item["in"] == "header" else str(item["in"])
            for item in view.read_back.parameters
        }
        lines.append(f"outcome_check={descriptors.outcome_check(view.outcome, places)}")
    if operation.get("deprecated"):
        lines.append("deprecated=True")
    if operation.get("x-safe") is True:
        lines.append("safe=True")
    if inferred(view):
        lines.append(f"inferred={inferred(view)!r}")
    if view.page:
        lines += [
            f"pagination={descriptors.pagination(operation['x-pagination'], view.where)}",
            f"items={view.page[0]!r}",
        ]
    return lines


def query_styles(view: OperationView) -> dict[str, str]:
    """Return query parameter → style of the runtime, for those that do not simply repeat their name."""
    found = {}
    for parameter in view.parameters:
        if parameter.get("in") == "query":
            style = parameter.get("style", "form")
            mapped = _STYLES.get((style, parameter.get("explode", style == "form")))
            if mapped:
                found[parameter["name"]] = mapped
    return found


def path_styles(view: OperationView) -> dict[str, str]:
    """Return path parameter → style of the runtime, for those that are not `simple`."""
    found = {}
    for parameter in view.parameters:
        if parameter.get("in") == "path":
            style = f"{parameter.get('style', 'simple')}{'*' if parameter.get('explode') else ''}"
            if style != "simple":
                found[parameter["name"]] = style
    return found


def rules(view: OperationView) -> dict[str, Any]:
    """The rules of what leaves: argument → rule, with `body` for the JSON body; no argument has that name."""
    found: dict[str, Any] = {}
    stated = parameter_rules(view.document, view.path, view.operation)
    places = {"headers": "header", "cookies": "cookie"}
    for argument in [*view.positional, *view.keywords]:
        rule = stated.get((places.get(argument.place, argument.place), argument.wire))
        if rule:
            found[argument.name] = rule
    body = body_rule(view.document, view.operation)
    if body:
        found["body"] = body
    return found


def long_fields(view: OperationView) -> str:
    """The keyword arguments of LongRunning as Python source."""
    found = view.long or {}
    given: dict[str, object] = {
        name: found[name] for name in ("id", "parameter", "status", "error", "result") if name in found
    }
    given.update({name: tuple(found[name]) for name in ("done", "failed") if name in found})
    return descriptors.call("", **given)[1:-1]


_WORDS = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")


def rule_of(document: dict[str, Any], schema: Any, *, above: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the rule of a schema: what the vendor states and a program can check; unions and circles are left open."""
    if not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in above:
            return {}
        return rule_of(document, resolve(document, schema), above=(*above, reference))
    variants = [
        item for item in [*(schema.get("oneOf") or []), *(schema.get("anyOf") or [])] if item.get("type") != "null"
    ]
    if len(variants) == 1:
        return rule_of(document, variants[0], above=above)
    rule: dict[str, Any] = {word: schema[word] for word in _WORDS if word in schema}
    if "enum" in rule:
        rule["enum"] = [value for value in rule["enum"] if value is not None]
    if variants:
        return rule
    for part in schema.get("allOf") or []:
        rule = _both(rule, rule_of(document, part, above=above))
    properties = {
        name: inner
        for name, item in (schema.get("properties") or {}).items()
        if (inner := rule_of(document, item, above=above))
    }
    own: dict[str, Any] = {}
    if schema.get("required"):
        own["required"] = list(schema["required"])
    if properties:
        own["properties"] = properties
    items = rule_of(document, schema.get("items"), above=above)
    if items:
        own["items"] = items
    return _both(rule, own)


def _both(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    joined = {**left, **right}
    if "required" in left and "required" in right:
        joined["required"] = list(dict.fromkeys([*left["required"], *right["required"]]))
    if "properties" in left and "properties" in right:
        joined["properties"] = {**left["properties"], **right["properties"]}
    return joined


def parameter_rules(
    document: dict[str, Any], path: str, operation: dict[str, Any]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return (place, name) → rule for the parameters of one operation that have one."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for parameter in parameters(document, path, operation):
        rule = rule_of(document, parameter.get("schema"))
        if rule:
            found[parameter["in"], parameter["name"]] = rule
    return found


def body_rule(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return the rule of an operation's JSON body, or an empty one."""
    content = mapping(resolve(document, operation.get("requestBody")).get("content"))
    return next((rule_of(document, media.get("schema")) for name, media in content.items() if "json" in name), {})
