"""HTML as escaped text, and Markdown of descriptions without HTML, images or script addresses."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_block", "html_inline"])
_LONGEST = 220


class Markup(str):
    """Hold text that is HTML already; everything else is escaped when it becomes a part of an element."""

    __slots__ = ()


def tag(name: str, *children: str | Markup | None, **attributes: str | bool | None) -> Markup:
    """Write an element; names of attributes drop a final underscore and turn other underscores into hyphens."""
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        written += f" {key}" if value is True else f' {key}="{escape(value)}"'
    inner = "".join(join(child) for child in children if child is not None)
    return Markup(f"<{name}{written}>{inner}</{name}>")


def join(*parts: str | Markup | None) -> Markup:
    """Put parts one after the other, escaping plain text."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts if part is not None))


def prose(text: object) -> Markup:
    """Render a description."""
    plain = str(text or "").strip()
    return Markup(_MARKDOWN.render(plain)) if plain else Markup("")


def code(value: object) -> Markup:
    """Write a value as code, cut where it gets long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return tag("code", text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def anchor(kind: str, *names: Any) -> str:
    """Return the id of an element: letters, digits and hyphens, the same on every run."""
    words = "-".join("".join(letter if letter.isalnum() else "-" for letter in str(name)) for name in names)
    return f"{kind}-{words}"
