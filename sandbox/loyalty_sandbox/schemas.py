"""JSON bodies against the schemas of one effective spec, with each validator made once."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .documents import JSON, Document

_ROOT = "urn:effective-spec"


class Schemas:
    """Validators by the place of their schema in the spec."""

    def __init__(self, spec: Document) -> None:
        self._registry: Registry[JSON] = Registry().with_resource(_ROOT, DRAFT202012.create_resource(spec))
        self._validators: dict[tuple[str, ...], Validator] = {}

    def errors(self, place: tuple[str, ...], value: JSON) -> Iterator[ValidationError]:
        """Yield how a value breaks the schema at a place, such as `("components", "schemas", "Guest")`."""
        validator = self._validators.get(place)
        if validator is None:
            pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in place)
            validator = OAS31Validator(
                {"$ref": f"{_ROOT}#/{pointer}"}, registry=self._registry, format_checker=oas31_format_checker
            )
            self._validators[place] = validator
        yield from validator.iter_errors(value)
