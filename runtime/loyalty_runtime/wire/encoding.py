"""Values to path, query, header and form text, in the OpenAPI styles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias
from urllib.parse import quote

from ..errors import ArgumentError
from ..types import Unset
from .values import items_of, members_of, text_of, utf8

QueryStyle: TypeAlias = Literal["form", "csv", "space", "pipe", "deep"]
"""`form` repeats the name (explode: true), `csv` joins by comma, `space` and `pipe` by theirs, `deep` is deepObject."""

_JOINERS = {"csv": ",", "space": "%20", "pipe": "%7C"}


def _quoted(value: object, argument: str) -> str:
    """Return a scalar percent-encoded; raise `ArgumentError` for one that is none or no Unicode text."""
    text = value if type(value) is str else text_of(value, argument)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return str(utf8(text, argument))  # which raises


def encode_path(parts: tuple[str, ...], values: Mapping[str, object], operation: str) -> str:
    """Fill a path template (see `Operation.parts`) with percent-encoded values.

    Raises `ArgumentError` for a value that is missing, None, empty, `.` or `..`: each would reach another resource.
    """
    if len(parts) == 1:
        return parts[0]
    built = [parts[0]]
    for index in range(1, len(parts), 2):
        name = parts[index]
        value = values.get(name)
        if value is None or isinstance(value, Unset):
            raise ArgumentError(f"{operation}: the path part {name!r} is missing; give a value.", argument=name)
        items = items_of(value)
        encoded = _quoted(value, name) if items is None else ",".join(_quoted(item, name) for item in items)
        if encoded in ("", ".", ".."):
            shown = "empty" if not encoded else repr(encoded)
            raise ArgumentError(
                f"{operation}: the path part {name!r} is {shown}, which would address another resource.", argument=name
            )
        built.append(encoded)
        built.append(parts[index + 1])
    return "".join(built)


def encode_query(values: Mapping[str, object], styles: Mapping[str, QueryStyle]) -> str:
    """Return the query string of these parameters; absent, None and empty-list values are left out."""
    pairs: list[str] = []
    for name, value in values.items():
        if value is None or isinstance(value, Unset):
            continue
        if type(value) is int:
            pairs.append(f"{_quoted(name, 'query')}={value}")
        elif type(value) is str:
            pairs.append(f"{_quoted(name, 'query')}={_quoted(value, name)}")
        else:
            pairs.extend(_query_pairs(name, value, styles.get(name, "form")))
    return "&".join(pairs)


def _query_pairs(name: str, value: object, style: QueryStyle) -> Iterable[str]:
    key = _quoted(name, "query")
    members = members_of(value)
    if members is not None:
        return list(_object_pairs(name, members, style))
    items = items_of(value)
    if items is None:
        return [f"{key}={_quoted(value, name)}"]
    encoded = [_quoted(item, name) for item in items]
    if not encoded:
        return []
    if style in ("form", "deep"):
        return [f"{key}={item}" for item in encoded]
    return [f"{key}={_JOINERS[style].join(encoded)}"]


def _object_pairs(name: str, members: Mapping[str, object], style: QueryStyle) -> Iterable[str]:
    present = {key: value for key, value in members.items() if not (value is None or isinstance(value, Unset))}
    if style == "form":
        for key, value in present.items():
            yield from _query_pairs(key, value, "form")
    elif style == "deep":
        for key, value in present.items():
            yield from _query_pairs(f"{name}[{key}]", value, "deep")
    elif present:
        flat = [_quoted(part, f"{name}.{pair[0]}") for pair in present.items() for part in pair]
        yield f"{_quoted(name, 'query')}={_JOINERS[style].join(flat)}"


def encode_header(name: str, value: object) -> bytes:
    """Return a header value in the simple style.

    Raises `ArgumentError`, without the value in its text, when the value holds a line break or another control character.
    """
    items = items_of(value)
    text = text_of(value, name) if items is None else ",".join(text_of(item, name) for item in items)
    text = text.strip(" \t")
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = utf8(text, name)
    if any((byte < 32 and byte != 9) or byte == 127 for byte in raw):
        raise ArgumentError(f"The value of header {name!r} holds a control character.", argument=name)
    return raw


def header_name(name: str) -> bytes:
    """Return a header name as bytes; raise `ArgumentError` unless it is a token of RFC 9110."""
    if not name or not name.isascii() or any(c <= " " or c in '()<>@,;:\\"/[]?={}\x7f' for c in name):
        raise ArgumentError(f"{name!r} is not a header name.", argument="headers")
    return name.encode("ascii")


def encode_form(values: Mapping[str, object]) -> bytes:
    """Return an `application/x-www-form-urlencoded` body; lists repeat the name, spaces become `+`."""
    return encode_query(values, {}).replace("%20", "+").encode("ascii")


def encode_raw_path(path: str) -> str:
    """Check and encode the path of a raw request; raise `ArgumentError` for a foreign or climbing one."""
    if not path.startswith("/") or path.startswith("//"):
        raise ArgumentError(f"The path must start with one slash, without server: {path[:1]!r}…", argument="path")
    if "?" in path or "#" in path:
        raise ArgumentError("The path holds '?' or '#'; give the query as params.", argument="path")
    encoded = quote(utf8(path, "path"), safe="/%:@!$&'()*+,;=~-._")
    for part in encoded.split("/"):
        if part.replace("%2e", ".").replace("%2E", ".") in (".", ".."):
            raise ArgumentError("The path holds '.' or '..', which would address another resource.", argument="path")
    return encoded
