"""The calls that a user starts with, made from the spec and the first credential that a call needs."""

from __future__ import annotations

from base64 import b64encode
from shlex import quote

from .documents import Document, to_json
from .engine import Engine
from .examples import example_body
from .security import is_basic
from .spec import Operation


def first_calls(engine: Engine, base_url: str) -> list[str]:
    """Return a curl command for an operation that needs no id, and how the client of the vendor is made, if there is one."""
    slug, operations = engine.vendor.slug, sorted(engine.operations.values(), key=lambda each: each.method != "GET")
    simple = [each for each in operations if not any(parameter.required for parameter in each.parameters)]
    operation = next((each for each in simple if each.security), (simple or operations)[0])
    secrets, client = _credentials(engine, operation)
    words = [f"curl {base_url}{operation.template}", *(f"-H {quote(header)}" for header in secrets)]
    body = example_body(operation)
    if operation.method != "GET" and body is not None:
        words += [f"-X {operation.method}", "-H 'Content-Type: application/json'", f"-d {quote(to_json(body))}"]
    name = engine.spec.root.at("info").get("x-client-name")
    arguments = ", ".join(f'{key}="{value}"' for key, value in {**client, "base_url": base_url}.items())
    return [" ".join(words), *([f"from {slug}_client import {name}\n{slug} = {name}({arguments})"] if name else [])]


def _credentials(engine: Engine, operation: Operation) -> tuple[list[str], dict[str, str]]:
    """Return headers for curl and constructor arguments, by the first requirement that the listed credentials meet."""
    for requirement in operation.security:
        for credential in engine.credentials:
            schemes = ((engine.spec.schemes.get(name, {}), name) for name in requirement)
            headers = [_header(scheme, name, credential.arguments) for scheme, name in schemes]
            if all(headers):
                return [str(header) for header in headers], credential.arguments
    return [], engine.credentials[0].arguments if engine.credentials else {}


def _header(scheme: Document, name: str, arguments: dict[str, str]) -> str | None:
    secret = arguments.get(str(scheme.get("x-argument", name)))
    if scheme.get("type") == "apiKey":
        prefix = f"{scheme['x-prefix']} " if "x-prefix" in scheme else ""
        return f"{scheme['name']}: {prefix}{secret}" if secret and scheme.get("in") == "header" else None
    if is_basic(scheme):
        login = f"{arguments.get('username')}:{arguments.get('password')}"
        return f"Authorization: Basic {b64encode(login.encode()).decode()}" if "password" in arguments else None
    token = secret or arguments.get("access_token")
    return f"Authorization: Bearer {token}" if token and scheme.get("type") != "mutualTLS" else None
