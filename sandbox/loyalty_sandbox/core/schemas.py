"""Values against the schemas of one effective spec, with each validator made once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from .documents import JSON, Document
from .problems import SandboxError

_ROOT = "urn:effective-spec"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_FORMATS = FormatChecker(["date", "email", "ipv4", "ipv6", "uuid"])


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """Check RFC 3339; a leap second is a moment, which Python does not know."""
    if not isinstance(value, str):
        return True
    if not _MOMENT.fullmatch(value):
        return False
    plain = re.sub(r"\.\d+", "", value.upper()).replace(":60", ":59")
    return datetime.fromisoformat(plain) is not None


for _name, _limit in (("int32", 2**31), ("int64", 2**63)):
    _FORMATS.checks(_name)(lambda value, limit=_limit: not isinstance(value, int) or -limit <= value < limit)


def _pattern(validator: Any, pattern: str, value: object, schema: object) -> Iterator[ValidationError]:
    """Check a pattern; one that only ECMAScript knows is passed over."""
    try:
        if isinstance(value, str) and not re.search(pattern, value):
            yield ValidationError(f"{value!r} does not match {pattern!r}")
    except re.error:
        return


_extend: Any = validators.extend
_Validator: Any = _extend(Draft202012Validator, {"pattern": _pattern})


class Schemas:
    """Validators by the place of their schema in the spec."""

    def __init__(self, document: Document) -> None:
        self._registry: Registry[Any] = Registry().with_resource(_ROOT, DRAFT202012.create_resource(document))
        self._resolver = self._registry.resolver(_ROOT)
        self._validators: dict[str, Any] = {}

    def lookup(self, reference: str) -> Any:
        """Return what a reference within the document leads to; raises `Unresolvable`."""
        return self._resolver.lookup(reference).contents

    def errors(self, pointer: str, value: JSON) -> Iterator[ValidationError]:
        """Yield how a value breaks the schema at a JSON pointer, such as `/components/schemas/Guest`."""
        validator = self._validators.get(pointer)
        if validator is None:
            reference = {"$ref": f"{_ROOT}#{pointer}"}
            validator = _Validator(reference, registry=self._registry, format_checker=_FORMATS)
            self._validators[pointer] = validator
        try:
            yield from validator.iter_errors(value)
        except Unresolvable:  # an anchor: what it leads to is not checked
            return


def check_body(body: JSON, schema: Document, where: str) -> Document:
    """Return a body that fits a schema of its own; raises `SandboxError` for another one."""
    error = next(iter(Draft202012Validator(schema).iter_errors(body)), None)
    if error is not None or not isinstance(body, dict):
        place = "".join(f" at {part}" for part in error.absolute_path) if error else ""
        raise SandboxError(f"{where}{place}: {error.message[:200] if error else 'is not an object'}.")
    return body
