"""Add the packages of a new vendor to the lists of pyproject.toml, in its text, so that comments and order stay."""

from __future__ import annotations

from typing import Any

import tomlkit
from tomlkit.exceptions import NonExistentKey

from scripts.common.problems import PipelineError

# Where pyproject.toml lists the generated packages, and what is added there.
_LISTS = (
    ("tool.hatch.build.targets.wheel.packages", ("generated/{slug}/{slug}_client", "generated/{slug}/{slug}_models")),
    ("tool.hatch.build.dev-mode-dirs", ("generated/{slug}",)),
    ("tool.mypy.mypy_path", ("generated/{slug}",)),
    ("tool.pyright.extraPaths", ("generated/{slug}",)),
)


def add_packages(text: str, slug: str) -> str:
    """Return pyproject.toml with the packages of a vendor in every list that names generated packages.

    Raises:
        PipelineError: a list is missing.
    """
    document = tomlkit.parse(text)
    for place, patterns in _LISTS:
        node: Any = document
        try:
            for name in place.split("."):
                node = node[name]
        except NonExistentKey:
            raise PipelineError(
                f"there is no list {place}", where="pyproject.toml", todo="Restore it; the scaffold adds to it."
            ) from None
        for pattern in patterns:
            node.append(pattern.format(slug=slug))
    return tomlkit.dumps(document)
