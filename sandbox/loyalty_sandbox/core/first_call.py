"""The credentials and the calls that a user starts with."""

from __future__ import annotations

from base64 import b64encode

from .engine import Engine
from .security import schemes
from .spec import Operation
from .vendor import Examples


def examples_of(engine: Engine, base_url: str) -> Examples:
    """Return calls to paste: the vendor's own, or one made from the first operation that can be called without arguments."""
    if engine.vendor.example_maker:
        return engine.vendor.example_maker(base_url)
    simple = [each for each in engine.operations.values() if each.method == "GET" and "{" not in each.template]
    simple = [each for each in simple if not any(parameter.required for parameter in each.parameters)]
    if not simple:
        return Examples(curl=f"curl {base_url}/", python="")
    headers = "".join(f" -H '{header}'" for header in _headers(engine, simple[0]))
    return Examples(curl=f"curl {base_url}{simple[0].template}{headers}", python="")


def _headers(engine: Engine, operation: Operation) -> list[str]:
    known = schemes(engine.spec)
    found = []
    for name in next(iter(operation.security), {}):
        scheme, secret = known.get(name, {}), f"sandbox-{engine.vendor.slug}-{name}"
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            found.append(f"{scheme['name']}: {scheme.get('x-prefix', '')} {secret}".replace(":  ", ": "))
        elif scheme.get("scheme") == "basic":
            found.append(f"Authorization: Basic {b64encode(f'sandbox:{secret}'.encode()).decode()}")
        elif scheme.get("type") in ("http", "oauth2", "openIdConnect"):
            found.append(f"Authorization: Bearer {secret}")
    return found
