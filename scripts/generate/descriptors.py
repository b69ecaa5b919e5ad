"""Write the runtime's descriptors as Python source: what the effective spec declares about servers, security, limits, pages, long work."""

from __future__ import annotations

from typing import Any

from scripts.common.document import components, mapping, operations, resolve
from scripts.common.problems import PipelineError

_PAGINATION = {
    "cursor-links": ("CursorLinks", ("items", "parameter", "next", "size")),
    "start-key": ("StartKey", ("items", "parameter", "next", "size")),
    "below-key": ("BelowKey", ("items", "parameter", "key", "more", "size")),
    "page-links": ("PageLinks", ("items", "parameter", "current", "last", "size")),
    "page-number": ("PageNumber", ("items", "parameter", "first", "size")),
    "range": ("Range", ("items", "start", "end", "total-header")),
}

_REPLY = {"token": "access_token", "lifetime": "expires_in", "refresh": "refresh_token"}

# Vendors have schemas named Operation or CursorLinks, so generated code reaches the descriptors through their module.
MODULE = "_runtime"


def call(name: str, **arguments: object) -> str:
    """Write a call with keyword arguments, leaving out those that are None."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items() if value is not None)})"


def security(requirements: list[dict[str, Any]] | None) -> str:
    """Write security alternatives as a tuple of tuples; no requirement at all is anonymous access."""
    alternatives = tuple(tuple(item) for item in requirements) if requirements else ((),)
    return repr(alternatives)


def rate_limits(limits: list[dict[str, Any]] | None) -> str:
    """Write `x-rate-limit` as a tuple of RateLimit."""
    return "(" + "".join(f"{MODULE}.RateLimit({item['requests']}, {item['seconds']}), " for item in limits or []) + ")"


def idempotency(value: dict[str, Any] | None) -> str:
    """Write `x-idempotency`."""
    if not value:
        return "None"
    return f"{MODULE}.Idempotency({value['kind']!r}, header={value.get('header', '')!r}, member={value.get('member', '')!r}, seconds={value.get('seconds')!r})"


def outcome_check(value: dict[str, Any], places: dict[str, str]) -> str:
    """Write `x-outcome-check`; `places` says where the parameters of the read go: `path`, `query` or `headers`."""
    given: dict[str, dict[str, Any]] = {}
    for name, each in (value.get("arguments") or {}).items():
        given.setdefault(places[name], {})[name] = each
    more = {name: value[name] for name in ("items", "same", "time") if value.get(name)}
    made = call(
        "",
        entry=value.get("entry") or {},
        **given,
        **more,
        gone=True if value.get("gone") else None,
        absent=tuple(value["absent"]) if value.get("absent") else None,
        certain=True if value.get("certainty") == "certain" else None,
        settle=value["settle"],
    )
    return f"{MODULE}.OutcomeCheck(read=_read_back, {made[1:]}"


def pagination(value: dict[str, Any], where: str) -> str:
    """Write `x-pagination`.

    Raises:
        PipelineError: the style is unknown or lacks a member.
    """
    if value.get("style") not in _PAGINATION:
        raise PipelineError(
            f"x-pagination has the unknown style {value.get('style')!r}",
            where=where,
            todo=f"Use one of {', '.join(_PAGINATION)}.",
        )
    name, members = _PAGINATION[value["style"]]
    unknown = set(value) - set(members) - {"style", "x-confidence", "confidence"}
    if unknown:
        raise PipelineError(
            f"x-pagination has the unknown member {sorted(unknown)[0]!r}",
            where=where,
            todo=f"{value['style']} has {', '.join(members)}.",
        )
    return call(
        f"{MODULE}.{name}", **{member.replace("-", "_"): value[member] for member in members if member in value}
    )


def schemes(document: dict[str, Any]) -> str:
    """Write the security schemes as a dict of descriptors."""
    entries = [
        f"{name!r}: {_scheme(name, resolve(document, scheme), document)}, "
        for name, scheme in components(document, "securitySchemes").items()
    ]
    return f"{{{''.join(entries)}}}"


def _scheme(name: str, scheme: dict[str, Any], document: dict[str, Any]) -> str:
    argument = scheme.get("x-argument", name)
    if scheme["type"] == "apiKey":
        return f"ApiKey({argument!r}, key={scheme['name']!r}, location={scheme['in']!r}, prefix={scheme.get('x-prefix', '')!r})"
    if scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
        if "x-token-request" in scheme:
            return _exchange(name, argument, scheme["x-token-request"], document)
        return f"Bearer({argument!r})"
    if scheme["type"] == "http" and scheme["scheme"].lower() == "basic":
        return call("Basic", **scheme.get("x-arguments") or {})
    if scheme["type"] == "oauth2":
        return _oauth2(name, scheme, document)
    raise PipelineError(
        f"the security scheme {name} is a {scheme['type']}",
        where="components.securitySchemes",
        todo="Use apiKey, http bearer, http basic or oauth2.",
    )


def _oauth2(name: str, scheme: dict[str, Any], document: dict[str, Any]) -> str:
    flows = scheme.get("flows") or {}
    grants = {"clientCredentials": "client_credentials", "password": "password"}
    chosen = next((flow for flow in grants if flow in flows), None)
    if chosen is None:
        raise PipelineError(
            f"the security scheme {name} has no flow a client can use",
            where="components.securitySchemes",
            todo="Use clientCredentials or password.",
        )
    request = scheme.get("x-token-request") or {}
    _, operation = _token_call(request, document)
    arguments = call(
        "OAuth2",
        token_url=flows[chosen]["tokenUrl"],
        grant=grants[chosen],
        format=request.get("format", "form"),
        client=request.get("client", "body"),
        scope=request.get("scope"),
        lifetime=request.get("lifetime"),
        operation=request.get("operation"),
        headers=request.get("headers"),
    )
    return _limited(arguments, operation)


def _exchange(name: str, argument: str, request: dict[str, Any], document: dict[str, Any]) -> str:
    """Write a bearer token that is asked for by members of the spec's own; which are whole numbers is the call's to say."""
    where = f"components.securitySchemes.{name}.x-token-request"
    path, operation = _token_call(request, document)
    members = request.get("members")
    if not path or not isinstance(members, dict) or not members:
        raise PipelineError(
            "x-token-request lacks its operation or its members",
            where=where,
            todo="State operation, the operationId of the token call, and members, each with a constructor argument.",
        )
    content = resolve(document, operation.get("requestBody") or {}).get("content") or {}
    schema = resolve(document, mapping(next(iter(content.values()), None)).get("schema") or {})
    known = {key: resolve(document, part) for key, part in (schema.get("properties") or {}).items()}
    unknown = [member for member in members if member not in known]
    if unknown:
        raise PipelineError(
            f"x-token-request has the member {unknown[0]!r}, which the body of {request['operation']} lacks",
            where=where,
            todo=f"Use members of that body: {', '.join(known) or 'it has none'}.",
        )
    reply = request.get("reply") or {}
    arguments = call(
        "TokenExchange",
        token_url=path,
        members=members,
        integers=tuple(member for member in members if known[member].get("type") == "integer") or None,
        format=request.get("format"),
        lifetime=request.get("lifetime"),
        operation=request["operation"],
        reply=tuple(reply.get(key, usual) for key, usual in _REPLY.items()) if reply else None,
    )
    return _limited(arguments.replace("(", f"({argument!r}, ", 1), operation)


def _token_call(request: dict[str, Any], document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Find path and operation of a token call; empty where the spec has none."""
    for _, path, operation in operations(document):
        if operation.get("operationId") == request.get("operation"):
            return path, operation
    return "", {}


def _limited(arguments: str, operation: dict[str, Any]) -> str:
    limits = operation.get("x-rate-limit")
    return f"{arguments[:-1]}, rate_limits={rate_limits(limits)})" if limits else arguments


def servers(declared: list[dict[str, Any]], *, prefix: str = "") -> str:
    """Write servers as a dict of name → Server; the first is the default."""
    entries = []
    for number, server in enumerate(declared):
        variables = {
            name: "" if variable.get("x-required") is True else variable.get("default", "")
            for name, variable in (server.get("variables") or {}).items()
        }
        name = server.get("x-name") or ("production" if number == 0 else f"server_{number + 1}")
        entries.append(
            f"{name!r}: {prefix}Server({server['url'].rstrip('/')!r}{f', {variables!r}' if variables else ''}), "
        )
    return "{" + "".join(entries) + "}"
