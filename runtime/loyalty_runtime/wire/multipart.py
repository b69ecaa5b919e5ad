"""`multipart/form-data` bodies with a random boundary and cleaned file names, streamed from their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import ArgumentError
from ..types import File, Unset
from .bodies import Body, FilePart
from .jsonio import dump_json
from .values import text_of, utf8


def encode_multipart(fields: Iterable[tuple[str, object]]) -> tuple[Body, str]:
    """Return the body and its content type.

    A value is a `File`, a `(file name, payload, media type)` tuple, bytes, a scalar, or an object (sent as JSON).
    Absent and None values are left out. Raises `ArgumentError` for a file that cannot be read.
    """
    import secrets

    boundary = f"----loyalty-{secrets.token_hex(16)}"
    parts: list[bytes | FilePart] = []
    for name, value in fields:
        if value is None or isinstance(value, Unset):
            continue
        headers, content = _part(name, value)
        parts.append(utf8(f"--{boundary}\r\n{headers}\r\n", name))
        parts.append(content)
        parts.append(b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return Body(parts), f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: object) -> tuple[str, bytes | FilePart]:
    if isinstance(value, File):
        value = value.to_tuple()
    elif hasattr(value, "read") or hasattr(value, "__fspath__"):
        value = (None, value, None)
    if isinstance(value, tuple) and len(value) in (2, 3, 4):
        file_name, payload, media = value[0], value[1], value[2] if len(value) > 2 else None
        return _file_part(name, file_name, payload, media)
    if isinstance(value, bytes):
        return _headers(name, None, "application/octet-stream"), value
    if isinstance(value, Mapping) or hasattr(value, "to_dict"):
        return _headers(name, None, "application/json"), dump_json(value, name)
    return _headers(name, None, None), utf8(text_of(value, name), name)


def _file_part(name: str, file_name: object, payload: object, media: object) -> tuple[str, bytes | FilePart]:
    if isinstance(payload, str) and file_name is None:
        # The generator's models send plain fields as (None, text, media type).
        return _headers(name, None, str(media) if media else None), utf8(payload, name)
    content: bytes | FilePart
    if isinstance(payload, bytes):
        content = payload
    elif isinstance(payload, str):
        content = utf8(payload, name)
    else:
        content = FilePart(payload, name)
    if file_name is None and not isinstance(payload, (bytes, str)):
        file_name = getattr(payload, "name", None) if hasattr(payload, "read") else payload
    shown = clean_file_name(file_name)
    return _headers(name, shown, str(media) if media else "application/octet-stream"), content


def clean_file_name(given: object) -> str:
    """Return the last part of a file name without control characters; `file` when nothing is left."""
    import os

    text = os.fspath(given) if isinstance(given, (str, os.PathLike)) else ""
    last = str(text).replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:255] or "file"


def _headers(name: str, file_name: str | None, media: str | None) -> str:
    disposition = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if file_name is not None:
        disposition += f'; filename="{_quoted(file_name)}"'
    lines = [disposition]
    if media:
        if any(c < " " or c == "\x7f" for c in media):
            raise ArgumentError(f"The media type of {name!r} holds a control character.", argument=name)
        lines.append(f"Content-Type: {media}")
    return "".join(f"{line}\r\n" for line in lines)


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
