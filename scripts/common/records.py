"""Turn what a file holds into records, by their types."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

import msgspec

from scripts.common.problems import PipelineError

T = TypeVar("T")

Text = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""A text that says something."""


def read_records(raw: Any, kind: type[T], *, where: str, todo: str) -> T:
    """Convert plain data to a type of msgspec.

    Raises:
        PipelineError: a member is missing, unknown or wrong; the message names it.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as problem:
        found = re.sub(r"`str` matching regex '.*'", "another form of text", str(problem))
        raise PipelineError(found, where=where, todo=todo) from None
