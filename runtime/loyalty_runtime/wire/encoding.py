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

PathStyle: TypeAlias = Literal["simple*", "label", "label*", "matrix", "matrix*"]
"""The styles of a path part beside `simple`; the star stands for explode: true."""

_JOINERS = {"csv": ",", "space": "%20", "pipe": "%7C"}
_NO_STYLES: Mapping[str, PathStyle] = {}


def _quoted(value: object, argument: str) -> str:
    """Return a scalar percent-encoded; raise `ArgumentError` for one that is none or no Unicode text."""
    text = value if type(value) is str else text_of(value, argument)
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return str(utf8(text, argument))  # which raises


def encode_path(
    parts: tuple[str, ...],
    values: Mapping[str, object],
    operation: str,
    styles: Mapping[str, PathStyle] = _NO_STYLES,
) -> str:
    """Fill a path template (see `Operation.parts`) with percent-encoded values; `styles` names the parts that are not `simple`.

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
        encoded = _quoted(value, name) if type(value) is str else _simple(value, name)
        if encoded in ("", ".", ".."):
            shown = "empty" if not encoded else repr(encoded)
            raise ArgumentError(
                f"{operation}: the path part {name!r} is {shown}, which would address another resource.", argument=name
            )
        built.append(_styled(name, value, styles[name]) if name in styles else encoded)
        built.append(parts[index + 1])
    return "".join(built)


def _simple(value: object, argument: str, *, pairs: bool = False, separator: str = ",") -> str:
    """Return a value percent-encoded: items joined, members as `name,value` or, as `pairs`, `name=value`."""
    members = members_of(value)
    if members is not None:
        between = "=" if pairs else separator
        return separator.join(
            f"{_quoted(name, argument)}{between}{_quoted(item, name)}" for name, item in _present(members)
        )
    items = items_of(value)
    return _quoted(value, argument) if items is None else separator.join(_quoted(item, argument) for item in items)


def _styled(name: str, value: object, style: PathStyle) -> str:
    """Return a path part in another style than `simple`: its prefix is no part of the value, so it is not encoded."""
    exploded = style.endswith("*")
    if style == "simple*":
        return _simple(value, name, pairs=True)
    if style.startswith("label"):
        return "." + _simple(value, name, pairs=exploded, separator="." if exploded else ",")
    key = quote(name, safe="")
    if exploded:
        members, items = members_of(value), items_of(value)
        if members is not None:
            return "".join(f";{quote(member, safe='')}={_quoted(item, name)}" for member, item in _present(members))
        if items is not None:
            return "".join(f";{key}={_quoted(item, name)}" for item in items)
    return f";{key}={_simple(value, name)}"


def _present(members: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in members.items() if not (value is None or isinstance(value, Unset))]


def encode_query(values: Mapping[str, object], styles: Mapping[str, QueryStyle]) -> str:
    """Return the query string of these parameters; absent, None and empty-list values are left out."""
    pairs: list[str] = []
    for name, value in values.items():
        if value is None or isinstance(value, Unset):
            continue
        if type(value) is int:
            pairs.append(f"{_quoted(name, 'query')}={text_of(value, name)}")
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
    if style == "deep" and any(members_of(item) is not None for item in items):
        return [pair for index, item in enumerate(items) for pair in _query_pairs(f"{name}[{index}]", item, "deep")]
    encoded = [_quoted(_item_text(item, name), name) for item in items]
    if not encoded:
        return []
    if style in ("form", "deep"):
        return [f"{key}={item}" for item in encoded]
    return [f"{key}={_JOINERS[style].join(encoded)}"]


def _item_text(item: object, argument: str) -> str:
    """Return one item of a list: OpenAPI has no style for objects and lists inside one, so they go as JSON."""
    if members_of(item) is None and items_of(item) is None:
        return text_of(item, argument)
    from .jsonio import dump_json

    return dump_json(item).decode()


def _object_pairs(name: str, members: Mapping[str, object], style: QueryStyle) -> Iterable[str]:
    present = dict(_present(members))
    if style == "form":
        for key, value in present.items():
            flat = _item_text(value, key) if members_of(value) is not None else value
            yield from _query_pairs(key, flat, "form")
    elif style == "deep":
        for key, value in present.items():
            yield from _query_pairs(f"{name}[{key}]", value, "deep")
    elif present:
        parts = [_item_text(part, f"{name}.{pair[0]}") for pair in present.items() for part in pair]
        yield f"{_quoted(name, 'query')}={_JOINERS[style].join(_quoted(part, name) for part in parts)}"


def encode_header(name: str, value: object) -> bytes:
    """Return a header value in the simple style.

    Raises `ArgumentError`, without the value in its text, when the value holds a line break or another control character.
    """
    raw = _header_bytes(name, value)
    if raw is None:
        value = None  # which may be a credential, and a traceback with local variables shows it
        raise ArgumentError(f"The value of header {name!r} holds a control character.", argument=name)
    return raw


def _header_bytes(name: str, value: object) -> bytes | None:
    text = (value if type(value) is str else simple_text(value, name)).strip(" \t")
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = utf8(text, name)
    return None if any((byte < 32 and byte != 9) or byte == 127 for byte in raw) else raw


def simple_text(value: object, argument: str, *, pairs: bool = False) -> str:
    """Return a value as it stands in a header or cookie: items joined by comma, members as `name,value` or, as `pairs`, `name=value`."""
    members = members_of(value)
    if members is not None:
        flat = [(name, _item_text(item, argument)) for name, item in _present(members)]
        return ",".join(f"{name}={item}" if pairs else f"{name},{item}" for name, item in flat)
    items = items_of(value)
    return text_of(value, argument) if items is None else ",".join(_item_text(item, argument) for item in items)


def cookie_text(value: object, argument: str) -> str:
    """Return the value of a cookie; the commas of a list or object, which cookies cannot carry, are percent-encoded."""
    text = simple_text(value, argument)
    return text if members_of(value) is None and items_of(value) is None else quote(text, safe="")


def header_name(name: object) -> bytes:
    """Return a header name as bytes; raise `ArgumentError` unless it is a token of RFC 9110."""
    if (
        not isinstance(name, str)
        or not name
        or not name.isascii()
        or any(c <= " " or c in '()<>@,;:\\"/[]?={}\x7f' for c in name)
    ):
        raise ArgumentError(f"{name!r} is not a header name.", argument="headers")
    return name.encode("ascii")


def encode_form(values: Mapping[str, object]) -> bytes:
    """Return an `application/x-www-form-urlencoded` body; lists repeat the name, spaces become `+`."""
    return encode_query(values, {}).replace("%20", "+").encode("ascii")


def encode_raw_path(path: str) -> str:
    """Check and encode the path of a raw request; raise `ArgumentError` for a foreign or climbing one."""
    path = text_of(path, "path")
    if not path.startswith("/") or path.startswith("//"):
        raise ArgumentError(f"The path must start with one slash, without server: {path[:1]!r}…", argument="path")
    if "?" in path or "#" in path:
        raise ArgumentError("The path holds '?' or '#'; give the query as params.", argument="path")
    encoded = quote(utf8(path, "path"), safe="/%:@!$&'()*+,;=~-._")
    for part in encoded.split("/"):
        if part.replace("%2e", ".").replace("%2E", ".") in (".", ".."):
            raise ArgumentError("The path holds '.' or '..', which would address another resource.", argument="path")
    return encoded
