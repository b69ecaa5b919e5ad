"""The version rule of the distribution; docs/versioning.md says it in words."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.version import Version

from scripts.common.problems import PipelineError
from scripts.review.model import Impact


def next_version(version: Version, impact: Impact) -> Version:
    """Return the next version for changes of this impact: before 1.0 a break moves the middle number, anything else the last one."""
    major, minor, patch = version.major, version.minor, version.micro
    if impact is Impact.NONE:
        return version
    if impact is Impact.MAJOR:
        return Version(f"{major + 1}.0.0" if major else f"0.{minor + 1}.0")
    return Version(f"{major}.{minor + 1}.0" if impact is Impact.MINOR and major else f"{major}.{minor}.{patch + 1}")


def read_version(root: Path) -> Version:
    """Read the version of the distribution from `pyproject.toml`.

    Raises:
        PipelineError: there is none that can be read.
    """
    where = "pyproject.toml"
    try:
        return Version(tomllib.loads((root / where).read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise PipelineError(
            f"project.version cannot be read: {problem}", where=where, todo="Write three numbers, such as 0.2.0."
        ) from None
