"""Descriptions as safe HTML, and ids that stay the same from run to run."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup


class _Markdown(MarkdownIt):
    """Render Markdown without HTML and images; links lead to http and https only."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable("table").disable(["image", "html_block", "html_inline"])

    def validateLink(self, url: str) -> bool:
        return is_web_address(url)


_MARKDOWN = _Markdown()


def is_web_address(text: object) -> bool:
    """Tell whether a text is an absolute http or https address."""
    try:
        parts = urlsplit(str(text).strip())
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.netloc)


def prose(text: object, look: str = "") -> Markup:
    """Render a description in an element of its own, nothing for an empty one; `look` is a further class of it."""
    plain = str(text or "").strip()
    if not plain:
        return Markup("")
    html = _MARKDOWN.render(plain)
    # Descriptions may bring headings; they must not stand above those of the page.
    html = re.sub(r"<(/?)h[1-6]>", r"<\1h5>", html)
    html = html.replace("<a href=", '<a rel="noopener noreferrer nofollow" href=')
    return Markup(f'<div class="prose {look}">'.replace(' ">', '">') + html.rstrip() + "</div>")  # noqa: S704 - rendered with HTML off


def plain(value: Any) -> str:
    """Write a value as people read it: text as it is, anything else as JSON on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def pretty(value: Any) -> str:
    """Write a value as indented JSON; text stays text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)


class Ids:
    """Hand out ids of letters, digits, dots and hyphens; names that would share one get a number."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[Any, ...]] = {}
        self._known: dict[tuple[Any, ...], str] = {}

    def of(self, kind: str, *names: Any) -> str:
        """Return the id of a part, the same whenever it is asked for."""
        key = (kind, *names)
        if key in self._known:
            return self._known[key]
        stem = "-".join([kind, *(re.sub(r"[^0-9A-Za-z_.]+", "-", str(name)).strip("-") for name in names)])
        found, number = stem, 1
        while found in self._taken:
            number += 1
            found = f"{stem}-{number}"
        self._taken[found] = key
        self._known[key] = found
        return found
