"""Patterns that one text can keep Python busy with for ever."""

from __future__ import annotations

import re
import re._constants as _words  # type: ignore[import-not-found] # the only reader of patterns that the library has
import re._parser as parser  # type: ignore[import-not-found]
from typing import Any

from scripts.common.document import walk_parts
from scripts.generate.adapt.walks import Notes

words: Any = _words


def patterns(document: dict[str, Any], notes: Notes) -> None:
    """A pattern that one text can keep Python busy with for ever is not checked: a repeat without end around another, or around a choice."""
    for kind, place, part in walk_parts(document):
        pattern = part.get("pattern") if kind == "schema" else None
        if isinstance(pattern, str) and re.fullmatch(r"/\^.*/[a-z]*|/.*\$/[a-z]*", pattern):
            del part["pattern"]
            notes.add(place, f"the pattern {pattern!r} is not checked: it is written as code of another language")
        elif isinstance(pattern, str) and explodes(pattern):
            del part["pattern"]
            notes.add(place, f"the pattern {pattern!r} is not checked: it may take for ever")


def explodes(pattern: str) -> bool:
    """Tell whether a pattern repeats something without end whose inside can match one text in several ways."""
    try:
        return any(_ambiguous(item) for item in parser.parse(pattern))
    except (re.error, RecursionError, OverflowError):
        return False  # what Python cannot read is not checked anyway


def _ambiguous(item: Any) -> bool:
    word, value = item
    if word in (words.MAX_REPEAT, words.MIN_REPEAT) and value[1] is words.MAXREPEAT:
        return _repeats(value[2]) or any(_ambiguous(inner) for inner in value[2])
    return any(_ambiguous(inner) for group in _groups(word, value) for inner in group)


def _repeats(group: Any) -> bool:
    """Tell whether a group, repeated, can match a text in several ways: it is a repeat itself, or a choice whose branches begin alike."""
    items = list(group)
    if len(items) == 1:
        word, value = items[0]
        if word in (words.MAX_REPEAT, words.MIN_REPEAT):
            return bool(value[1] is words.MAXREPEAT or value[0] != value[1])
        if word is words.BRANCH:
            return not _apart(value[1])
        inner = _groups(word, value)
        return bool(inner) and _repeats(inner[0])
    # A sign that nothing around it can match gives each round an end of its own.
    varying = [item for item in items if _varies(*item)]
    ends = [value for word, value in items if word is words.LITERAL]
    return bool(varying) and not any(all(not _holds(item, sign) for item in varying) for sign in ends)


def _varies(word: Any, value: Any) -> bool:
    if word in (words.MAX_REPEAT, words.MIN_REPEAT):
        return bool(value[0] != value[1])
    return word is words.BRANCH or any(_varies(*inner) for group in _groups(word, value) for inner in group)


def _holds(item: Any, sign: int) -> bool:
    """Tell whether a part of a pattern can match a sign anywhere; in doubt it can."""
    word, value = item
    if word is words.LITERAL:
        return bool(value == sign)
    if word is words.NOT_LITERAL:
        return bool(value != sign)
    if word is words.IN:
        negated = value[0][0] is words.NEGATE
        return any(_in_set(entry, sign) for entry in value[negated:]) != negated
    groups = _groups(word, value)
    return any(_holds(inner, sign) for group in groups for inner in group) if groups else word is not words.AT


def _in_set(entry: Any, sign: int) -> bool:
    word, value = entry
    if word is words.LITERAL:
        return bool(value == sign)
    if word is words.RANGE:
        return bool(value[0] <= sign <= value[1])
    letter = chr(sign)
    classes = {
        words.CATEGORY_DIGIT: letter.isdigit(),
        words.CATEGORY_SPACE: letter.isspace(),
        words.CATEGORY_WORD: letter.isalnum() or letter == "_",
    }
    return classes.get(value, True)


def _apart(branches: list[Any]) -> bool:
    """Tell whether each branch begins with a sign of its own."""
    first = [next(iter(branch), None) for branch in branches]
    signs = [item[1] for item in first if item is not None and item[0] is words.LITERAL]
    return len(signs) == len(branches) and len(set(signs)) == len(signs)


def _groups(word: Any, value: Any) -> list[Any]:
    if word is words.SUBPATTERN:
        return [value[3]]
    if word is words.BRANCH:
        return list(value[1])
    if word in (words.MAX_REPEAT, words.MIN_REPEAT):
        return [value[2]]
    return [value[1]] if word in (words.ASSERT, words.ASSERT_NOT) else []
