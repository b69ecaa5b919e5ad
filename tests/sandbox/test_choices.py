"""The lists of own choices and the code name the same ids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loyalty_sandbox import vendors
from loyalty_sandbox.vendors import vendor_slugs

DOCS = Path(__file__).parents[2] / "docs" / "sandbox"
CODE = Path(vendors.__file__).parent
ID = re.compile(r"\b[A-Z]C-\d\d\b")


@pytest.mark.parametrize("slug", vendor_slugs())
def test_every_choice_is_listed_and_made(slug: str) -> None:
    """No choice without its line in the docs, and no line without its place in the code."""
    listed = re.findall(
        r"^- \*\*([A-Z]C-\d\d)\*\* ", (DOCS / f"{slug}.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    made = {found for path in (CODE / slug).glob("*.py") for found in ID.findall(path.read_text(encoding="utf-8"))}
    assert sorted(set(listed)) == listed, "listed once, in order"
    assert set(listed) == made
