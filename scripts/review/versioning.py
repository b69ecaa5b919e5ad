"""The version rule of the distribution; docs/versioning.md says it in words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.common.problems import PipelineError
from scripts.review.model import Impact

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, order=True)
class Version:
    """Hold a version of three numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse(cls, text: str, *, where: str) -> Version:
        """Read `1.2.3`.

        Raises:
            PipelineError: the text is something else.
        """
        match = _VERSION.fullmatch(text)
        if match is None:
            raise PipelineError(f"{text!r} is not a version", where=where, todo="Write three numbers, such as 0.2.0.")
        return cls(int(match[1]), int(match[2]), int(match[3]))

    def after(self, impact: Impact) -> Version:
        """Return the next version for changes of this impact: before 1.0 a break moves the middle number, anything else the last one."""
        if impact is Impact.NONE:
            return self
        if self.major == 0:
            return Version(0, self.minor + 1, 0) if impact is Impact.MAJOR else Version(0, self.minor, self.patch + 1)
        if impact is Impact.MAJOR:
            return Version(self.major + 1, 0, 0)
        return (
            Version(self.major, self.minor + 1, 0)
            if impact is Impact.MINOR
            else Version(self.major, self.minor, self.patch + 1)
        )


def read_version(root: Path) -> Version:
    """Read the version of the distribution from `pyproject.toml`.

    Raises:
        PipelineError: there is none, or it is not of three numbers.
    """
    where = "pyproject.toml"
    try:
        text = tomllib.loads((root / where).read_text(encoding="utf-8"))["project"]["version"]
    except (FileNotFoundError, KeyError):
        raise PipelineError("project.version is missing", where=where, todo="Add it.") from None
    except tomllib.TOMLDecodeError as problem:
        raise PipelineError(f"not TOML: {problem}", where=where, todo="Correct that line.") from None
    return Version.parse(str(text), where=where)
