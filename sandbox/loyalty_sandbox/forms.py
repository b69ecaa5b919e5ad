"""Bodies of requests: JSON, forms, and files in forms."""

from __future__ import annotations

from email.message import Message
from io import BytesIO
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from .documents import JSON, from_json
from .exchange import Upload


def read_form(content_type: str, body: bytes) -> tuple[JSON, dict[str, Upload]]:
    """Read a body by its content type; what cannot be read is None, since the check of the request has its own word on that."""
    message = Message()
    message["content-type"] = content_type
    kind = message.get_content_type() if content_type else ""
    try:
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
        if kind == "multipart/form-data":
            return _multipart(content_type, body)
        return (from_json(body) if body and (kind.endswith("json") or not kind) else None), {}
    except (ValueError, RecursionError, FormParserError):
        return None, {}


def _multipart(content_type: str, body: bytes) -> tuple[JSON, dict[str, Upload]]:
    members: dict[str, JSON] = {}
    uploads: dict[str, Upload] = {}

    def on_field(part: Field) -> None:
        members[(part.field_name or b"").decode()] = (part.value or b"").decode()

    def on_file(part: File) -> None:
        source = part.file_object
        source.seek(0)
        name = (part.field_name or b"").decode()
        uploads[name] = Upload(
            (part.file_name or b"").decode("utf-8", "replace"),
            str(getattr(part, "content_type", "") or ""),
            source.read(),
        )
        part.close()

    parse_form(
        {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()},
        BytesIO(body),
        on_field,
        on_file,
    )
    return dict(members), uploads
