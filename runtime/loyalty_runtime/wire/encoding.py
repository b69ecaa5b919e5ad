"""Values to path, query, header and form text, in the OpenAPI styles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias
from urllib.parse import quote

from ..errors import ArgumentError
from ..types import Unset

QueryStyle: TypeAlias = Literal["form", "csv", "space", "pipe", "deep"]
"""`form` repeats the name (explode: true), `csv` joins by comma, `space` and `pipe` by theirs, `deep` is deepObject."""

PathStyle: TypeAlias = Literal["simple*", "label", "label*", "matrix", "matrix*"]
"""The styles of a path part beside `simple`; the star stands for explode: true."""

_JOINERS = {"csv": ",", "space": "%20", "pipe": "%7C"}
_NO_STYLES: Mapping[str, PathStyle] = {}


def text_of(value: object) -> str:
    """Return a scalar as text: `true`, ISO 8601 times, the value of an enum member."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A member of a string enum is a str whose own text is the class and name.
        return str.__str__(value) if type(value) is not str else value
    if isinstance(value, (int, float)):
        return repr(value) if type(value) in (int, float) else str(_plain(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(_plain(value))


def _plain(value: object) -> object:
    inner = getattr(value, "value", value)
    return inner if not callable(inner) else value


def _members(value: object) -> Mapping[str, object] | None:
    if isinstance(value, Mapping):
        return value
    to_dict: Callable[[], Mapping[str, object]] | None = getattr(value, "to_dict", None)
    return None if to_dict is None else to_dict()


def _sequence(value: object) -> list[object] | None:
    if isinstance(value, (str, bytes, Mapping)) or hasattr(value, "to_dict"):
        return None
    if isinstance(value, (list, tuple, set, frozenset)):
        return [item for item in value if not (item is None or isinstance(item, Unset))]
    return None


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
        encoded = quote(value, safe="") if type(value) is str else _simple(value)
        if encoded in ("", ".", ".."):
            shown = "empty" if not encoded else repr(encoded)
            raise ArgumentError(
                f"{operation}: the path part {name!r} is {shown}, which would address another resource.", argument=name
            )
        built.append(_styled(name, value, styles[name]) if name in styles else encoded)
        built.append(parts[index + 1])
    return "".join(built)


def _simple(value: object, *, pairs: bool = False, separator: str = ",") -> str:
    """Return a value percent-encoded: items joined, members as `name,value` or, as `pairs`, `name=value`."""
    members = _members(value)
    if members is not None:
        between = "=" if pairs else separator
        return separator.join(f"{_quoted(name)}{between}{_quoted(item)}" for name, item in _present(members))
    items = _sequence(value)
    return _quoted(value) if items is None else separator.join(map(_quoted, items))


def _styled(name: str, value: object, style: PathStyle) -> str:
    """Return a path part in another style than `simple`: its prefix is no part of the value, so it is not encoded."""
    exploded = style.endswith("*")
    if style == "simple*":
        return _simple(value, pairs=True)
    if style.startswith("label"):
        return "." + _simple(value, pairs=exploded, separator="." if exploded else ",")
    key = quote(name, safe="")
    if exploded:
        members, items = _members(value), _sequence(value)
        if members is not None:
            return "".join(f";{quote(member, safe='')}={_quoted(item)}" for member, item in _present(members))
        if items is not None:
            return "".join(f";{key}={_quoted(item)}" for item in items)
    return f";{key}={_simple(value)}"


def _quoted(value: object) -> str:
    return quote(text_of(value), safe="")


def _present(members: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(name, value) for name, value in members.items() if not (value is None or isinstance(value, Unset))]


def encode_query(values: Mapping[str, object], styles: Mapping[str, QueryStyle]) -> str:
    """Return the query string of these parameters; absent, None and empty-list values are left out."""
    pairs: list[str] = []
    for name, value in values.items():
        if value is None or isinstance(value, Unset):
            continue
        if type(value) is str:
            pairs.append(f"{quote(name, safe='')}={quote(value, safe='')}")
        elif type(value) is int:
            pairs.append(f"{quote(name, safe='')}={value}")
        else:
            pairs.extend(_query_pairs(name, value, styles.get(name, "form")))
    return "&".join(pairs)


def _query_pairs(name: str, value: object, style: QueryStyle) -> Iterable[str]:
    key = quote(name, safe="")
    members = _members(value)
    if members is not None:
        return list(_object_pairs(name, members, style))
    items = _sequence(value)
    if items is None:
        return [f"{key}={_quoted(value)}"]
    if style == "deep" and any(_members(item) is not None for item in items):
        return [pair for index, item in enumerate(items) for pair in _query_pairs(f"{name}[{index}]", item, "deep")]
    encoded = [quote(_item_text(item), safe="") for item in items]
    if not encoded:
        return []
    if style in ("form", "deep"):
        return [f"{key}={item}" for item in encoded]
    return [f"{key}={_JOINERS[style].join(encoded)}"]


def _item_text(item: object) -> str:
    """Return one item of a list: OpenAPI has no style for objects and lists inside one, so they go as JSON."""
    if _members(item) is None and _sequence(item) is None:
        return text_of(item)
    from .jsonio import dump_json

    return dump_json(item).decode()


def _object_pairs(name: str, members: Mapping[str, object], style: QueryStyle) -> Iterable[str]:
    present = dict(_present(members))
    if style == "form":
        for key, value in present.items():
            flat = _item_text(value) if _members(value) is not None else value
            yield from _query_pairs(key, flat, "form")
    elif style == "deep":
        for key, value in present.items():
            yield from _query_pairs(f"{name}[{key}]", value, "deep")
    elif present:
        flat = [quote(_item_text(part), safe="") for pair in present.items() for part in pair]
        yield f"{quote(name, safe='')}={_JOINERS[style].join(flat)}"


def encode_header(name: str, value: object) -> bytes:
    """Return a header value in the simple style.

    Raises `ArgumentError`, without the value in its text, when the value holds a line break or another control character.
    """
    text = value if type(value) is str else simple_text(value)
    try:
        raw = text.strip(" \t").encode("latin-1")
    except UnicodeEncodeError:
        raw = text.strip(" \t").encode("utf-8")
    if any((byte < 32 and byte != 9) or byte == 127 for byte in raw):
        raise ArgumentError(f"The value of header {name!r} holds a control character.", argument=name)
    return raw


def simple_text(value: object, *, pairs: bool = False) -> str:
    """Return a value as it stands in a header or cookie: items joined by comma, members as `name,value` or, as `pairs`, `name=value`."""
    members = _members(value)
    if members is not None:
        flat = [(name, _item_text(item)) for name, item in _present(members)]
        return ",".join(f"{name}={item}" if pairs else f"{name},{item}" for name, item in flat)
    items = _sequence(value)
    return text_of(value) if items is None else ",".join(map(_item_text, items))


def cookie_text(value: object) -> str:
    """Return the value of a cookie; the commas of a list or object, which cookies cannot carry, are percent-encoded."""
    text = simple_text(value)
    return text if _members(value) is None and _sequence(value) is None else quote(text, safe="")


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
    encoded = quote(path, safe="/%:@!$&'()*+,;=~-._")
    for part in encoded.split("/"):
        if part.replace("%2e", ".").replace("%2E", ".") in (".", ".."):
            raise ArgumentError("The path holds '.' or '..', which would address another resource.", argument="path")
    return encoded
