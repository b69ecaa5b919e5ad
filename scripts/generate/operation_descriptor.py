"""The descriptor of one operation as Python source, from what the effective spec declares."""

from __future__ import annotations

from typing import Any

from scripts.generate import descriptors
from scripts.generate.operation_view import OperationView
from scripts.generate.operation_words import inferred
from scripts.generate.rules import body_rule, parameter_rules

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
