"""The template pack is tied to one version of the generator."""

from __future__ import annotations

from scripts.common.layout import ROOT
from scripts.generate.client import GENERATOR


def test_the_generator_is_pinned() -> None:
    """The version the templates are tied to is the one pyproject pins."""
    pins = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"openapi-python-client=={GENERATOR}"' in pins
