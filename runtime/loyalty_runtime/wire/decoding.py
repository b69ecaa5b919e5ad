"""From a reply to a value: which documented reply fits, how it is decoded, and where it does not fit."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TypeVar, cast

from ..errors import FieldProblem, kind_of_json
from ..types import UNSET
from .jsonio import InvalidJSON, load_json
from .misfits import watching
from .reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .messages import RawResponse
    from .misfits import Found
    from .reply import Replies

T = TypeVar("T")

_PLAIN: Reply[object] = Reply()


class Misfit(Exception):
    """A body that does not fit; `path` is its JSON path."""

    def __init__(self, problem: str, path: str = "$") -> None:
        super().__init__(problem)
        self.path = path


def read_reply(replies: Replies, response: RawResponse, *, strict: bool = False) -> tuple[object, object]:
    """Return the value of a successful reply, and the plain JSON value it was made from (`UNSET` where it is no JSON).

    Raises `Misfit`; with `strict` also for a member that the model would leave unset.
    """
    found = replies.get(response.status)
    if found is None:
        found = _other_success(replies, response.status)
    reply = found if isinstance(found, Reply) else _by_media(found, response)
    kind, content = reply.kind, response.content
    if kind == "none" or (not content and (reply is _PLAIN or response.status in (204, 205))):
        return None, UNSET
    if kind != "json":
        value: object = _text(response) if kind == "text" else content
        return (value if reply.decode is None else guarded(reply, value)), UNSET
    value = parse_json(response)
    if reply.decode is None:
        return value, value
    return (_strictly if strict else guarded)(reply, value), value


def _other_success(replies: Replies, status: int) -> Reply[object] | tuple[Reply[object], ...]:
    """Return the reply to read an undocumented success with: the range, or the nearest documented success that has a body."""
    if "2XX" in replies:
        return replies["2XX"]
    documented = [key for key in replies if isinstance(key, int) and 200 <= key < 300]
    if not documented and "default" in replies:
        return replies["default"]  # where no success is documented, the default is what a success looks like
    bodied = [key for key in documented if not (isinstance(replies[key], Reply) and replies[key].kind == "none")]  # type: ignore[union-attr]
    if bodied:
        return replies[min(bodied, key=lambda key: abs(key - status))]
    return Reply(media=None) if documented else _PLAIN


def _by_media(replies: tuple[Reply[object], ...], response: RawResponse) -> Reply[object]:
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    for reply in replies:
        if reply.media is not None and reply.media.lower() == media:
            return reply
    if media and not media.endswith("json"):  # another type than any that is documented, such as one of `image/*`
        return next((reply for reply in replies if reply.kind == "bytes"), replies[0])
    return replies[0]


def _strictly(reply: Reply[T], value: object) -> T:
    """Decode a parsed value; raise `Misfit` for the first member that its model would leave unset."""
    with watching() as found:
        read = guarded(reply, value)
    if not found:
        return read
    raise misfits(found[:1], value)[0]


def misfits(found: Sequence[Found], value: object) -> list[Misfit]:
    """Return the misfits that were noted while a JSON value was read, each with its place."""
    if not found:
        return []
    places: dict[int, str] = {}
    _index(value, "$", places)
    return [_described(places.get(id(holder), "$"), member, came) for holder, member, came in found]


def _described(path: str, member: str, came: object) -> Misfit:
    odd = "which does not fit" if member else "as an item of a list of objects"
    problem = "a required member is missing" if came is UNSET else f"{kind_of_json(came)} came, {odd}"
    return Misfit(problem, _join(path, member) if member else path)


def guarded(reply: Reply[T], value: object) -> T:
    """Decode a parsed value; raise `Misfit` for whatever a model throws."""
    try:
        return cast("Callable[[object], T]", reply.decode)(value)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, LookupError, OverflowError) as error:
        misfit = _misfit(error)
    raise misfit


def parse_json(response: RawResponse) -> object:
    """Return the body as a JSON value; raise `Misfit` that says what came instead."""
    problem = ""
    try:
        return _loaded(response.content)
    except InvalidJSON as error:
        problem = str(error)
    charset = _charset(response)
    if charset not in ("", "utf-8"):  # which JSON may not have, and some servers say and mean
        try:
            return load_json(response.content.decode(charset, "replace").encode())
        except InvalidJSON as error:
            problem = str(error)
    media = response.headers.get("content-type", "").partition(";")[0].strip()
    what = (
        "an empty body"
        if problem == "empty body"
        else f"{media[:60] or 'a body without content type'} that is not JSON"
    )
    place = "" if problem == "empty body" else f" ({problem})"
    raise Misfit(f"JSON was expected, {what} came{place}")


_first = iter(range(8))


def _loaded(content: bytes) -> object:
    """Read JSON; the first few small replies by Python's own parser, since importing the fast one takes longer than reading hundreds of them."""
    if len(content) < 20_000 and "msgspec" not in sys.modules and next(_first, None) is not None:
        import json

        try:
            return json.loads(content.decode())
        except (ValueError, RecursionError):
            pass  # the other one says where, and reads what stands behind a byte order mark
    return load_json(content)


_NO_CHARSETS = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")


def _text(response: RawResponse) -> str:
    """Return the body as text by its charset; one that Python does not know, or that is none, is read as UTF-8."""
    return response.content.decode(_charset(response) or "utf-8", "replace")


def _charset(response: RawResponse) -> str:
    """Return the charset that a reply names and Python knows, or nothing."""
    import codecs

    _, _, tail = response.headers.get("content-type", "").lower().partition("charset=")
    name = tail.partition(";")[0].strip(" \"'")
    try:
        found = codecs.lookup(name) if name else None
        known = found is not None and found._is_text_encoding and found.name.replace("_", "-") not in _NO_CHARSETS
        return found.name if found is not None and known else ""
    except (LookupError, ValueError):
        return ""


def decode_error(replies: Replies, response: RawResponse) -> object:
    """Return the body of an error: the documented type if it fits, else the JSON value, else None. Never raises."""
    found = replies.get(response.status) or replies.get(f"{response.status // 100}XX") or replies.get("default")
    try:
        value = parse_json(response) if response.content else None
    except Misfit:
        value = None
    if found is None:
        return value
    reply = found if isinstance(found, Reply) else _by_media(found, response)
    if reply.kind != "json" or reply.decode is None or value is None:
        return value if reply.kind == "json" or value is not None else None
    try:
        return guarded(reply, value)
    except Misfit:
        return value


def _misfit(error: Exception) -> Misfit:
    if isinstance(error, FieldProblem):
        return Misfit(str(error), _join("$", error.member))
    return Misfit(f"the value does not fit ({type(error).__name__})")


def _index(value: object, path: str, places: dict[int, str]) -> None:
    stack = [(value, path)]
    while stack:
        item, where = stack.pop()
        if isinstance(item, dict):
            places[id(item)] = where
            stack.extend((member, _join(where, shown_key(str(key)))) for key, member in item.items())
        elif isinstance(item, list):
            places[id(item)] = where
            stack.extend((member, f"{where}[{index}]") for index, member in enumerate(item))


_NAME = r"[A-Za-z_$][A-Za-z_$ .:/-]{0,50}\d{0,3}[A-Za-z_$]{0,20}"


def shown_key(key: str) -> str:
    """Return a member's name, or `*` for one that may be an id, a number or an address rather than a name."""
    return key if re.fullmatch(_NAME, key, re.ASCII) else "*"


def _join(path: str, member: str) -> str:
    return f"{path}.{member}" if member.replace("_", "a").isalnum() else f"{path}[{member!r}]"
