"""Make a text that matches a pattern: the shortest one, or longer where a length asks for it."""

from __future__ import annotations

import re
import re._constants as _words  # type: ignore[import-not-found] # the only reader of patterns that the library has
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

words: Any = _words

_LETTERS = "a1A-_. /:@+0b"
_ROUNDS = (0, 1, 2, 4, 8, 16, 32, 64)


def matching(pattern: str, shortest: int = 0, longest: int | None = None) -> str | None:
    """Return a text that matches, of at least and at most so many characters; None where none is found."""
    try:
        expression, parsed = re.compile(pattern), parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    for rounds in _ROUNDS:
        text = _write(parsed, rounds)
        if shortest <= len(text) <= (longest if longest is not None else len(text)) and expression.search(text):
            return text
    return None


def _write(items: Any, rounds: int) -> str:
    return "".join(_one(word, value, rounds) for word, value in items)


def _one(word: Any, value: Any, rounds: int) -> str:
    if word is words.LITERAL:
        return chr(value)
    if word is words.NOT_LITERAL:
        return next(letter for letter in _LETTERS if ord(letter) != value)
    if word is words.ANY:
        return "a"
    if word is words.IN:
        return _of_set(value)
    if word is words.BRANCH:
        return _write(value[1][0], rounds)
    if word is words.SUBPATTERN:
        return _write(value[3], rounds)
    if word in (words.MAX_REPEAT, words.MIN_REPEAT):
        least, most, inner = value
        times: int = max(least, rounds) if most is words.MAXREPEAT else min(max(least, rounds), most)
        return _write(inner, rounds) * times
    return ""  # anchors, and what looks around: whether it fits is tried at the end


def _of_set(entries: Any) -> str:
    letters = re.compile(_set_text(entries))
    found = next((letter for letter in _LETTERS if letters.fullmatch(letter)), "")
    if found:
        return found
    word, value = entries[0]
    return chr(value[0] if word is words.RANGE else value) if word in (words.RANGE, words.LITERAL) else "a"


_CLASSES = {
    words.CATEGORY_DIGIT: r"\d",
    words.CATEGORY_NOT_DIGIT: r"\D",
    words.CATEGORY_SPACE: r"\s",
    words.CATEGORY_NOT_SPACE: r"\S",
    words.CATEGORY_WORD: r"\w",
    words.CATEGORY_NOT_WORD: r"\W",
}


def _set_text(entries: Any) -> str:
    text = ""
    for word, value in entries:
        if word is words.NEGATE:
            text += "^"
        elif word is words.LITERAL:
            text += re.escape(chr(value))
        elif word is words.RANGE:
            text += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            text += _CLASSES.get(value, "")
    return f"[{text}]"
