"""Names as Python has them."""

from __future__ import annotations

import re

_DELIMITERS = "\\. _-"


def snake(name: str) -> str:
    """Write a name as words in lower case joined by one underscore, digits kept with the word before them."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()


def module_name(name: str) -> str:
    """Write a name exactly as the generator names modules and arguments: two names that are equal here are one file or one argument there."""
    return "_".join(_words(name)).lower()


def class_name(name: str) -> str:
    """Write a name exactly as the generator names classes."""
    return "".join(word if word.isupper() else word.capitalize() for word in _words(name))


def _words(name: str) -> list[str]:
    kept = "".join(letter for letter in name if letter.isidentifier() or letter.isdecimal() or letter in _DELIMITERS)
    if any(map(str.isupper, kept)):
        kept = " ".join(re.split("([A-Z]?[a-z]+)", kept))
    return re.findall(rf"[^{re.escape(_DELIMITERS)}]+", kept)
