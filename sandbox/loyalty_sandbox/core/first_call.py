"""The calls that a user starts with, made from the spec and the first credential that a call needs."""

from __future__ import annotations

from base64 import b64encode
from shlex import quote

from .documents import Document, to_json
from .engine import Engine
from .examples import example_body
from .oauth import Credential
from .security import is_basic


def first_calls(engine: Engine, base_url: str) -> list[str]:
    """Return a curl command for an operation that needs no id, and how the client of the vendor is made, if there is one."""
    slug, operations = engine.vendor.slug, sorted(engine.operations.values(), key=lambda each: each.method != "GET")
    simple = [each for each in operations if not any(parameter.required for parameter in each.parameters)]
    operation = next((each for each in simple if each.security), (simple or operations)[0])
    met = ((_headers(engine, need, each), each.arguments) for need in operation.security for each in engine.credentials)
    default: Document = engine.credentials[0].arguments if engine.credentials else {}
    headers, client = next(((found, arguments) for found, arguments in met if all(found)), ([], default))
    words = [f"curl {base_url}{operation.template}", *(f"-H {quote(str(header))}" for header in headers)]
    body = example_body(operation)
    if operation.method != "GET" and body is not None:
        words += [f"-X {operation.method}", "-H 'Content-Type: application/json'", f"-d {quote(to_json(body))}"]
    name = engine.spec.root.at("info").get("x-client-name")
    arguments = ", ".join(f'{key}="{value}"' for key, value in {**client, "base_url": base_url}.items())
    return [" ".join(words), *([f"from {slug}_client import {name}\n{slug} = {name}({arguments})"] if name else [])]


def _headers(engine: Engine, requirement: Document, credential: Credential) -> list[str | None]:
    """Return the headers of a requirement; None for one that the credential does not have."""
    found, given = [], credential.arguments
    for name in requirement:
        scheme: Document = engine.spec.schemes.get(name, {})
        kind, secret = scheme.get("type"), given.get(str(scheme.get("x-argument", name)))
        if kind == "apiKey":
            prefix = f"{scheme['x-prefix']} " if "x-prefix" in scheme else ""
            value = f"{scheme['name']}: {prefix}{secret}" if secret and scheme.get("in") == "header" else None
        elif is_basic(scheme):
            login = b64encode(f"{given.get('username')}:{given.get('password')}".encode()).decode()
            value = f"Authorization: Basic {login}" if "password" in given else None
        else:
            token = secret or given.get("access_token")
            value = f"Authorization: Bearer {token}" if token and kind != "mutualTLS" else None
        found.append(value)
    return found
