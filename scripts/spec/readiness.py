"""What adapt cannot give another form, so that no client could do what the document says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scripts.common.document import components, mapping, operations, parameters, resolve
from scripts.common.jsonpath import Place
from scripts.spec.shapes import Fault

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # what HTTP lets a header and a cookie be called


def check_readiness(document: dict[str, Any]) -> list[Fault]:
    """Return everything in a derived document that no call could carry."""
    return [
        Fault(place, f"{part.get('name')!r} is no name that a {part.get('in')} of HTTP can have")
        for place, part in _named(document)
        if not sendable(part)
    ] + list(_shapeless_forms(document))


def sendable(part: dict[str, Any]) -> bool:
    """Tell whether HTTP can carry a parameter or a credential under its name."""
    return part.get("in") not in ("header", "cookie") or bool(_NAME.fullmatch(str(part.get("name"))))


def _shapeless_forms(document: dict[str, Any]) -> Iterator[Fault]:
    for method, path, operation in operations(document):
        for media, described in mapping(resolve(document, operation.get("requestBody")).get("content")).items():
            stated = resolve(document, mapping(described).get("schema")).get("type", "object")
            if media in _FORMS and stated != "object" and "object" not in stated:
                place = ("paths", path, method.lower(), "requestBody", "content", media, "schema", "type")
                yield Fault(place, f"a form has names, {stated!r} has none")


def _named(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    for name, scheme in components(document, "securitySchemes").items():
        yield ("components", "securitySchemes", name), resolve(document, scheme)
    for method, path, operation in operations(document):
        for part in parameters(document, path, operation):
            yield ("paths", path, method.lower()), part
