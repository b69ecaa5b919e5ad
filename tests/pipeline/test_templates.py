"""The template pack: tied to one generator version, each file with its reason."""

from __future__ import annotations

import pytest

from scripts.common.layout import ROOT
from scripts.generate import template_hashes
from scripts.generate.client import GENERATOR
from scripts.generate.template_hashes import changed_templates, upstream_hashes


def test_no_template_changed_upstream() -> None:
    """Every template of the installed generator is the one ours were compared with."""
    assert {} == changed_templates()


def test_a_change_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A template that changed upstream and is replaced by ours is named as such."""
    present = upstream_hashes()
    monkeypatch.setattr(template_hashes, "upstream_hashes", lambda: {**present, "model.py.jinja": "0"})
    assert {"model.py.jinja": "changed upstream, and replaced by ours: compare the two"} == changed_templates()


def test_the_generator_is_pinned() -> None:
    """The version the templates are tied to is the one pyproject pins."""
    pins = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"openapi-python-client=={GENERATOR}"' in pins
