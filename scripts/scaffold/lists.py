"""Add the packages of a new vendor to the lists of pyproject.toml, in its text, so that comments and order stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from scripts.common.problems import PipelineError

# Where pyproject.toml lists the generated packages: table, key, what is added there.
_LISTS = (
    (
        ("tool", "hatch", "build", "targets", "wheel"),
        "packages",
        ("generated/{slug}/{slug}_client", "generated/{slug}/{slug}_models"),
    ),
    (("tool", "hatch", "build"), "dev-mode-dirs", ("generated/{slug}",)),
    (("tool", "mypy"), "mypy_path", ("generated/{slug}",)),
    (("tool", "pyright"), "extraPaths", ("generated/{slug}",)),
)


def add_packages(text: str, slug: str) -> str:
    """Return pyproject.toml with the packages of a vendor in every list that names generated packages.

    Raises:
        PipelineError: a list is missing, or the layout of the file cannot be edited safely.
    """
    where = "pyproject.toml"
    expected = tomllib.loads(text)
    for table, key, patterns in _LISTS:
        items = [pattern.format(slug=slug) for pattern in patterns]
        known = _table(expected, table).get(key)
        if not isinstance(known, list):
            raise PipelineError(
                f"[{'.'.join(table)}] has no list {key}", where=where, todo="Restore it; the scaffold adds to it."
            )
        known.extend(items)
        text = _append(text, ".".join(table), key, items)
    # The edit is by text: what came out must say what was meant.
    if tomllib.loads(text) != expected:
        raise PipelineError(
            "its layout cannot be edited safely",
            where=where,
            todo="Add the packages by hand, as for the other vendors.",
        )
    return text


def _table(document: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    node: Any = document
    for name in names:
        node = node.get(name, {}) if isinstance(node, dict) else {}
    return node if isinstance(node, dict) else {}


def _append(text: str, table: str, key: str, items: list[str]) -> str:
    start = text.find(f"\n[{table}]\n")
    match = re.compile(rf"^{re.escape(key)} = \[(?P<body>[^\]]*)\]", re.MULTILINE).search(text, max(start, 0))
    if match is None:
        return text
    body = match["body"].rstrip()
    written = [f'"{item}"' for item in items]
    if "\n" in match["body"]:
        body = body.rstrip(",") + "," + "".join(f"\n    {item}," for item in written) + "\n"
    else:
        body = ", ".join(filter(None, [body.rstrip(","), *written]))
    return text[: match.start("body")] + body + text[match.end("body") :]
