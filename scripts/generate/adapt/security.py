"""Security: schemes a client cannot carry out by itself take what their user has obtained elsewhere."""

from __future__ import annotations

import re
from typing import Any

from scripts.common.document import operations, resolve
from scripts.common.names import numbered, snake
from scripts.generate.adapt.references import PROPER
from scripts.generate.adapt.walks import Notes

_USABLE_FLOWS = ("clientCredentials", "password")


def schemes(document: dict[str, Any], notes: Notes) -> None:
    """OpenID Connect and browser flows become a bearer token that is given; a scheme of HTTP with another word keeps its word as a prefix."""
    found = (document.get("components") or {}).get("securitySchemes") or {}
    for name in [name for name in found if not PROPER.fullmatch(name)]:
        new = numbered(re.sub(r"[^A-Za-z0-9._-]+", "_", name), found.__contains__)
        found[new] = found.pop(name)
        for owner in (document, *(operation for _, _, operation in operations(document))):
            if owner.get("security"):
                owner["security"] = [
                    {new if key == name else key: scopes for key, scopes in item.items()} for item in owner["security"]
                ]
        notes.add(("components", "securitySchemes", name), f"no component can have this name: {new}")
    for name, raw in found.items():
        scheme = resolve(document, raw)
        place = ("components", "securitySchemes", name)
        kind = scheme.get("type")
        flows = scheme.get("flows") or {}
        if kind == "openIdConnect" or (kind == "oauth2" and not any(flow in flows for flow in _USABLE_FLOWS)):
            found[name] = {
                "type": "http",
                "scheme": "bearer",
                "x-argument": "access_token",
                "description": scheme.get("description", ""),
            }
            notes.add(place, "the token is given by the user, who gets it in a browser")
        elif kind == "basic":  # as Swagger 2.0 says it
            found[name] = {**scheme, "type": "http", "scheme": "basic"}
            notes.add(place, "basic is HTTP Basic")
        elif kind == "http" and str(scheme.get("scheme", "")).lower() not in ("basic", "bearer"):
            word = str(scheme.get("scheme", "")).capitalize()
            found[name] = {"type": "apiKey", "in": "header", "name": "Authorization", "x-prefix": word}
            notes.add(place, f"the credentials of {word} are given as they go into the header")


def basic_arguments(document: dict[str, Any], notes: Notes) -> None:
    """Where several schemes are HTTP Basic, each has a user name and password of its own."""
    found = (document.get("components") or {}).get("securitySchemes") or {}
    basic = [
        name
        for name, scheme in found.items()
        if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic"
    ]
    for name in basic if len(basic) > 1 else ():
        stem = snake(name) or f"scheme_{basic.index(name) + 1}"
        arguments = {word: f"{stem}_{word}" for word in ("username", "password")}
        found[name] = {**found[name], "x-arguments": arguments}
        notes.add(("components", "securitySchemes", name), f"takes {' and '.join(arguments.values())}")


def requirements(document: dict[str, Any], notes: Notes) -> None:
    """Scopes that are null are none; client certificates are a matter of the connection; schemes that are not declared cannot be carried."""
    declared = (document.get("components") or {}).get("securitySchemes") or {}
    certificates = {name for name, raw in declared.items() if resolve(document, raw).get("type") == "mutualTLS"}
    for name in certificates:
        del declared[name]
        notes.add(("components", "securitySchemes", name), "the certificate is given with the connection")
    parts: list[tuple[tuple[str, ...], dict[str, Any]]] = [((), document)]
    parts += [(("paths", path, method.lower()), operation) for method, path, operation in operations(document)]
    for place, part in parts:
        if not isinstance(part.get("security"), list):
            part.pop("security", None)
            continue
        kept = []
        for item in part["security"]:
            wanted = {name: scopes or [] for name, scopes in item.items() if name not in certificates}
            lost = sorted(set(wanted) - set(declared))
            if lost:
                notes.add((*place, "security"), f"the scheme {lost[0]} is declared nowhere, so it is left out")
            else:
                kept.append(wanted)
        part["security"] = kept
