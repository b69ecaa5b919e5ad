"""What the effective spec says about schemas beyond the generator's own reading: names, which members are expected, how sure a description is."""

from __future__ import annotations

from typing import Any

from openapi_python_client.parser.properties.schemas import Class

from scripts.common.document import components, members_of
from scripts.common.names import stated_names


class ModelFacts:
    """Look up schemas by the names of their classes."""

    def __init__(self, document: dict[str, Any], config: Any) -> None:
        self._document = document
        self._schemas: dict[str, dict[str, Any]] = {}
        for name, schema in components(document, "schemas").items():
            title = schema.get("title") if isinstance(schema, dict) else None
            for known in (name, title):
                if known and isinstance(schema, dict):
                    self._schemas.setdefault(str(Class.from_string(string=known, config=config).name), schema)

    def schema(self, model: Any) -> dict[str, Any]:
        """Return the schema of a model, empty where it has no name of its own."""
        return self._schemas.get(str(model.class_info.name), {})

    def stated(self, model: Any) -> dict[str, str]:
        """Return wire name → Python name of the members that state one (`x-client-name`)."""
        return stated_names(members_of(self._document, self.schema(model)))

    def expected(self, model: Any) -> frozenset[str]:
        """Return the names on the wire of optional members that the vendor's samples always show (`x-expected: true`)."""
        return frozenset(
            name
            for name, item in members_of(self._document, self.schema(model)).items()
            if item.get("x-expected") is True
        )

    def confidence(self, model: Any) -> dict[str, str]:
        """Return how sure the description is (`x-confidence`): of the whole under an empty name, and of members under theirs."""
        schema = self.schema(model)
        marked = {"": schema, **members_of(self._document, schema)}
        return {name: str(item["x-confidence"]) for name, item in marked.items() if "x-confidence" in item}
