"""Names of schemas: each makes a class and a module of its own, on every file system, beside what generated code uses itself."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

from scripts.common.walk import walk
from scripts.spec.readiness import RESERVED_SCHEMAS, class_name, module_name

if TYPE_CHECKING:
    from scripts.generate.adapt import Notes

# File names that Windows cannot have, whatever their ending.
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", *(f"{word}{number}" for word in ("com", "lpt") for number in range(1, 10))}
)
_PYTHON = frozenset(
    {
        "None",
        "True",
        "False",
        "List",
        "Dict",
        "Optional",
        "Union",
        "Any",
        "Enum",
        "UUID",
        "UNSET",
        "Unset",
        "cast",
        "datetime",
        "Exception",
    }
)


def schema_names(document: dict[str, Any], notes: Notes) -> None:
    """Rename schemas whose names Python, the generators or a file system cannot have, or that meet another; references follow."""
    named = (document.get("components") or {}).get("schemas")
    if not isinstance(named, dict):
        document.setdefault("components", {})["schemas"] = {}
        return
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(named, key=lambda item: not _is_fine(item)):  # fine names keep theirs
        wanted = safe_name(name)
        base, number = wanted, 2
        while {class_name(wanted), module_name(wanted)} & taken:
            wanted, number = f"{base}{number}", number + 1
        taken |= {class_name(wanted), module_name(wanted)}
        if wanted != name:
            renamed[name] = wanted
            notes.add(("components", "schemas", name), f"named {wanted} in Python")
    _mapped(document)
    if renamed:
        document["components"]["schemas"] = {renamed.get(name, name): schema for name, schema in named.items()}
        for kind, _, part in walk(document):
            if kind == "schema":
                _follow(part, renamed)


def safe_name(name: str) -> str:
    """Return a name that a class and its module can have: `Page<User>` → `PageUser`, `2FA` → `Schema2FA`."""
    kept = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in name)
    words = kept.split() or [f"Schema{''.join(f'{ord(letter):04X}' for letter in name[:4])}"]
    plain = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    if plain == name and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]*", plain):
        result = plain
    else:
        result = plain.strip("_") or "Schema"
    if not result[:1].isalpha():
        result = f"Schema{result}"
    if not result.isascii():
        result = _ascii(result)
    reserved = (
        class_name(result) in RESERVED_SCHEMAS | _PYTHON
        or keyword.iskeyword(module_name(result))
        or module_name(result) in _WINDOWS
    )
    return f"{result}Model" if reserved else result


def _ascii(name: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name)
    kept = "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "_"))
    return kept if len(kept) * 2 > len(name) else "Schema" + "".join(f"{ord(letter):04X}" for letter in name[:6])


def _is_fine(name: str) -> bool:
    return safe_name(name) == name


def _mapped(document: dict[str, Any]) -> None:
    """Write out the values of discriminators, which else follow from the names of schemas."""
    prefix = "#/components/schemas/"
    for kind, _, part in walk(document):
        chosen = part.get("discriminator") if kind == "schema" else None
        if not isinstance(chosen, dict):
            continue
        variants = [
            item.get("$ref", "")
            for word in ("oneOf", "anyOf")
            for item in part.get(word) or []
            if isinstance(item, dict)
        ]
        names = {reference.removeprefix(prefix): reference for reference in variants if reference.startswith(prefix)}
        mapping = {
            value: target if str(target).startswith("#") else names.get(str(target), f"{prefix}{target}")
            for value, target in (chosen.get("mapping") or {}).items()
        }
        chosen["mapping"] = {
            **{name: reference for name, reference in names.items() if reference not in mapping.values()},
            **mapping,
        }


def _follow(part: dict[str, Any], renamed: dict[str, str]) -> None:
    prefix = "#/components/schemas/"
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.removeprefix(prefix) in renamed:
        part["$ref"] = prefix + renamed[reference.removeprefix(prefix)]
    chosen = part.get("discriminator")
    if isinstance(chosen, dict) and isinstance(chosen.get("mapping"), dict):
        chosen["mapping"] = {
            value: prefix + renamed.get(str(target).removeprefix(prefix), str(target).removeprefix(prefix))
            for value, target in chosen["mapping"].items()
        }


def titles(document: dict[str, Any], notes: Notes) -> None:
    """A title that would make the class of another schema goes; the class is named after its place then."""
    named = (document.get("components") or {}).get("schemas") or {}
    taken = {class_name(name) for name in named}
    seen: dict[str, int] = {}
    parts = [
        (place, part) for kind, place, part in walk(document) if kind == "schema" and isinstance(part.get("title"), str)
    ]
    for _, part in parts:
        seen[class_name(part["title"])] = seen.get(class_name(part["title"]), 0) + 1
    for place, part in parts:
        own = place[:2] == ("components", "schemas") and len(place) == 3
        made = class_name(part["title"])
        if (
            (own and made != class_name(str(place[2])))
            or (not own and (made in taken or seen[made] > 1))
            or not re.fullmatch(r"[A-Za-z]\w*", made)
        ):
            del part["title"]
            notes.add(place, "the title names no class")
