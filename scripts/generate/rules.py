"""Write the rules of what leaves, from the effective spec: parameters and JSON bodies of one operation."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping, parameters, resolve

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
