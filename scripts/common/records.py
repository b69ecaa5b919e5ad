"""Turn what a file holds into records, by their types."""

from __future__ import annotations

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
        raise PipelineError(str(problem), where=where, todo=todo) from None
