"""How a documented reply is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Literal, TypeAlias, TypeVar

R_co = TypeVar("R_co", covariant=True)
"""What a reply is decoded to."""


class Reply(Generic[R_co]):
    """How one documented reply is read.

    `decode` gets the parsed JSON value of a JSON media type, `str` of a text one, otherwise `bytes`.
    Without it the plain value is the result; `media=None` documents a reply without a body, the result is None.
    """

    __slots__ = ("decode", "kind", "media")

    def __init__(
        self,
        decode: Callable[..., R_co] | None = None,
        *,
        media: str | None = "application/json",
    ) -> None:
        self.decode = decode
        self.media = media
        self.kind: Literal["json", "text", "bytes", "none"] = media_kind(media)


def media_kind(media: str | None) -> Literal["json", "text", "bytes", "none"]:
    """Class a media type by how its body is read."""
    if media is None:
        return "none"
    plain = media.partition(";")[0].strip().lower()
    if plain.endswith(("/json", "+json")):
        return "json"
    return "text" if plain.startswith("text/") else "bytes"


Replies: TypeAlias = "Mapping[int | str, Reply[object] | tuple[Reply[object], ...]]"


def dig(value: object, path: str) -> object:
    """Return the member of a JSON value that a dotted path names; None where a step is missing."""
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
