"""Names of the facade: a resource per tag, a method per operation."""

from __future__ import annotations

import keyword
from collections import Counter

from scripts.common.names import snake

_PLAIN = 2  # the choices of an operationId that names only the resource: verb, whole name


def resource_name(tag: str) -> str:
    """Return the attribute of a tag: `Payment Cards` → `payment_cards`."""
    name = snake(tag)
    return f"{name}_" if keyword.iskeyword(name) else name


def class_stem(tag: str) -> str:
    """Return the class name of a tag: `Payment Cards` → `PaymentCards`."""
    return "".join(word.capitalize() for word in snake(tag).split("_"))


def method_names(tag: str, operation_ids: list[str]) -> dict[str, str]:
    """Return operationId → method name for one resource.

    A method is the verb alone where the operationId names the resource and no other method has that verb (`listGuests` of `guests` → `list`);
    else the verb and what is left without the resource's noun (`deleteUserPhoto` beside `deleteUser` → `delete_photo`); else the whole operationId.
    """
    nouns = {word for name in snake(tag).split("_") for word in (name, _singular(name))}
    choices = {name: _choices(snake(name).split("_"), nouns) for name in operation_ids}
    level = dict.fromkeys(operation_ids, 0)
    while True:
        names = {name: choices[name][level[name]] for name in operation_ids}
        stuck = [name for name in _doubles(names, choices) if level[name] < len(choices[name]) - 1]
        if not stuck:
            return {name: f"{found}_" if keyword.iskeyword(found) else found for name, found in names.items()}
        for name in stuck:
            level[name] += 1


def _doubles(names: dict[str, str], choices: dict[str, list[str]]) -> list[str]:
    """List the operations that must give up their name; the one with nothing left but its verb may keep it."""
    found: list[str] = []
    for chosen, count in Counter(names.values()).items():
        if count > 1:
            group = [name for name, value in names.items() if value == chosen]
            plain = [name for name in group if len(choices[name]) == _PLAIN]
            found += [name for name in group if [name] != plain]
    return found


def _choices(words: list[str], nouns: set[str]) -> list[str]:
    left = [word for word in words[1:] if word not in nouns and _singular(word) not in nouns]
    whole = "_".join(words)
    if len(left) == len(words) - 1:
        return [whole]
    return list(dict.fromkeys([words[0], "_".join([words[0], *left]), whole]))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
