"""Parameters of a path and the places in it need not agree in a vendor's file."""

from __future__ import annotations

from typing import Any

from scripts.generate.derive import derive


def test_a_path_parameter_without_a_place_is_left_out() -> None:
    """A copied operation that still declares the parameter of another path makes a client: the place of the path is what is sent."""
    copied = {"name": "userId", "in": "path", "required": True, "schema": {"type": "string"}}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "paths": {
            "/locations/{locationId}": {"get": {"parameters": [copied], "responses": {"200": {"description": "One."}}}}
        },
    }
    derived = derive(document, where="acme")
    (parameter,) = derived.document["paths"]["/locations/{locationId}"]["get"]["parameters"]
    assert "locationId" == parameter["name"]
    assert any("a path parameter without its place in the path is not sent" in line for line in derived.adapted)
