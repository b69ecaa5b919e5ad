"""The vendor's own words in the text of an error: found where the documented error type has them, masked and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..headers import is_secret_name
from ..secret import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 200
# The names such members have in documented error types; the first that is there counts.
_CODES = ("code", "error_code", "errorCode", "error")
_MESSAGES = ("message", "error_message", "errorMessage", "error_description", "detail", "title")


def vendor_words(body: object, secrets: Iterable[str] = ()) -> str:
    """Return code and message of a decoded error body, as `E42: Not enough points`; empty where its type names neither.

    `body` is an object of the documented error type; for anything else, which no spec describes, the words stay out.
    Credentials (`secrets` and whatever looks like one), e-mail addresses and long numbers are masked; at most 200 characters.
    """
    to_dict = getattr(body, "to_dict", None)
    if to_dict is None:
        return ""
    members = to_dict()
    known = getattr(type(body), "MEMBERS", members)
    words = [_first(members, names, known) for names in (_CODES, _MESSAGES)]
    text = ": ".join(word for word in dict.fromkeys(words) if word)
    return masked(text, secrets)


def _first(members: dict[str, object], names: tuple[str, ...], known: Iterable[str]) -> str:
    for name in names:
        value = members.get(name) if name in known else None
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return one line of at most 200 characters without credentials, e-mail addresses and long numbers."""
    import re

    text = "".join(character if character.isprintable() else " " for character in text[: 20 * _LONGEST])
    for secret in secrets:
        if len(secret) > 3:
            text = text.replace(secret, MASK)

    text = re.sub(r"(?i)\b(bearer|basic)\s+\S+", rf"\1 {MASK}", text)
    for name in filter(
        is_secret_name, re.findall(r"([\w-]+)(?=[\"']?\s*[:=])", text)
    ):  # also behind another, `E42: pin=1234`
        text = re.sub(rf"((?<![\w-]){name}[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+", rf"\1{MASK}", text)
    text = re.sub(r"[^\s@<>\"'(),;:]+(?:@|%40)[^\s@<>\"'(),;]+", MASK, text)
    text = re.sub(r"(?<![\w.])(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{20,}", MASK, text)
    text = re.sub(r"\+?\d(?:[ ./()-]{0,2}\d){5,}", MASK, text)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
