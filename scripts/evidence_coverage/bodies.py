"""Read bodies of requests and replies into facts, in the layouts the evidence has."""

from __future__ import annotations

from typing import Any

from scripts.evidence_coverage.members import Entry, Reader

_FIELD = ("type", "required", "pattern", "schema", "items", "items_oneOf")


def body(reader: Reader, printed: list[Entry] | Entry | None) -> None:
    """Take the body of a request; none at all is a fact, too."""
    if printed is None:
        reader.add("body", (), "absent", True)
        return
    reader.add("body", (), "there", True)
    if isinstance(printed, list):
        printed = {"fields": printed}
    for key, value in printed.items():
        if key in ("media_type", "content_type"):
            reader.add("body", (), "media type", value)
        elif key in ("fields", "first_variant_fields"):
            _body_members(reader, value, ("[]",) if _is_list(printed) else ())
        elif key == "sample_keys":
            reader.keys("body sample", (), value)
        elif key == "composition":
            for word in value.split(", "):
                reader.add("body", (), *_COMPOSITIONS[word])
        elif key != "note" and key not in _FIELD:
            raise reader.unknown("the member of a body", key)
    reader.field("body", (), {key: value for key, value in printed.items() if key in _FIELD})


def _is_list(printed: Entry) -> bool:
    return printed.get("type") == "array" or printed.get("composition") == "Array"


def _body_members(reader: Reader, fields: list[Entry], way: tuple[str, ...]) -> None:
    for item in fields:
        reader.field("body member", (*way, *item["name"].split(".")), item)


# How the page introduces the members of a body, and what that says.
_COMPOSITIONS: dict[str, tuple[str, Any]] = {
    "One of": ("one of several", True),
    "Any of": ("one of several", True),
    "Array": ("type", ["array"]),
    "required": ("required", True),
    "non-empty": ("minProperties", 1),
}


def replies(reader: Reader, printed: Entry) -> None:
    """Take replies by their labels; several statuses may share one, and a label may be lost."""
    for label, reply in printed.items():
        for status in label.split(","):
            _labelled_reply(reader, status, reply)


def _labelled_reply(reader: Reader, label: str, reply: Entry) -> None:
    lost = reply.get("status") == "unknown"
    status = label if label[0].isdigit() else "success" if label in ("success", "undocumented") else "failure"
    kind = "status inferred" if lost or "status_grade" in reply else "there"
    reader.add("reply", (status,), kind, True)
    for key, value in reply.items():
        if key == "fields" and value:
            reader.shape("reply member", (status,), value)
        elif key == "table_says":
            for name in value:
                reader.add("reply member", ("any", *name.split(".")), "there", True)
        elif key == "pagination":
            reader.add("operation", (), "pagination", value)
        elif key == "grade" and value != "stated":
            reader.add("reply", (status,), "marked as inferred", True)
        elif key not in ("fields", "grade", "note", "status", "status_grade", "example_case"):
            raise reader.unknown("the member of a reply", key)
    if not reply.get("fields"):
        reader.add("reply", (status,), "body not documented", True)


def printed_reply(reader: Reader, reply: Entry) -> None:
    """Take the one sample of a page that prints no status."""
    sample = reply.get("sample")
    for key in reply:
        if key not in ("documented", "sample", "keys", "variants"):
            raise reader.unknown("the member of a reply", key)
    reader.add("reply", ("success",), "there", True)
    if sample is None or sample == "error object only":
        reader.add("reply", ("success",), "body not documented", True)
    elif sample == "null":
        reader.add("reply", ("success",), "allows", "null")
    elif sample.startswith("array of objects"):
        reader.add("reply", ("success",), "allows", "array")
        reader.add("reply", ("success", "[]"), "allows", "object")
    else:
        reader.add("reply", ("success",), "allows", "object")
    if sample == "error object only":
        reader.keys("reply sample", ("failure",), {"code": "string", "message": "string"})
    reader.keys("reply sample", ("success",), reply.get("keys") or {})


def reply_headers(reader: Reader, headers: dict[str, str]) -> None:
    """Take the headers printed with the samples of success."""
    for name, value in headers.items():
        if name.lower() == "content-type":
            reader.add("reply", ("200",), "media type", value)
        else:
            reader.add("reply header", ("200", name), "there", True)
            reader.add("reply header", ("200", name), "sample", value)
