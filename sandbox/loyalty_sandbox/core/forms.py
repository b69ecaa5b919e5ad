"""Forms: their texts as pairs, their files beside them."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from .exchange import Upload

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def media_type_of(content_type: str) -> str:
    """Return a media type in lower case without its parameters; empty when there is none."""
    return content_type.partition(";")[0].strip().lower()


def read_form(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """Read a form; raises `ValueError` when it cannot be read."""
    if media_type_of(content_type) != "multipart/form-data":
        return parse_qsl(body.decode(), keep_blank_values=True), {}
    pairs: list[tuple[str, str]] = []
    uploads: dict[str, Upload] = {}

    def on_field(part: Field) -> None:
        pairs.append(((part.field_name or b"").decode(), (part.value or b"").decode()))

    def on_file(part: File) -> None:
        source = part.file_object
        source.seek(0)
        media_type = str(getattr(part, "content_type", "") or "")
        uploads[(part.field_name or b"").decode()] = Upload(media_type, source.read())
        part.close()

    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, BytesIO(body), on_field, on_file)
    except FormParserError as error:
        raise ValueError("the form cannot be read") from error
    return pairs, uploads
