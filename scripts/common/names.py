"""Names as Python has them: the rules, each a function of one name, and the words that generated code keeps for itself."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

_DELIMITERS = "\\. _-"

# What code inside classes and functions would mean otherwise.
_PYTHON = frozenset({*dir(builtins), *keyword.kwlist, "self", "true", "false", "datetime"}) - {"id"}
RESERVED_MEMBERS = _PYTHON | {"to_dict", "from_dict", "to_multipart", "additional_properties"}
RESERVED_ARGUMENTS = _PYTHON | {"body", "options", "body_value", "argument_checks", "members_or_body"}
# Methods may be named like builtins that no annotation beside them uses; `list` is written `builtins.list` there.
RESERVED_METHODS = frozenset(
    {*keyword.kwlist, "bool", "bytes", "dict", "float", "int", "object", "str", "builtins", "datetime", "overload"}
)
# Attributes of the base clients.
RESERVED_RESOURCES = frozenset(
    {*keyword.kwlist, "aclose", "call", "call_raw", "close", "download", "from_env", "pages", "request", "start"}
    | {"vendor", "with_options", "with_raw_response"}
)
# Settings of the base clients: a constructor takes credentials beside them.
RESERVED_CREDENTIALS = _PYTHON | {
    "allow_http",
    "base_url",
    "clock",
    "connections",
    "credentials",
    "dry_run",
    "environment",
    "error_details",
    "headers",
    "http",
    "inferred",
    "limiter",
    "max_body",
    "max_retries",
    "observers",
    "read_only",
    "record",
    "server",
    "settings",
    "strict",
    "timeout",
    "token_store",
    "token_url",
    "transport",
    "variables",
}
# Names that generated modules use beside those of the schemas.
RESERVED_SCHEMAS = frozenset(
    {"Any", "AsyncBaseClient", "AsyncJob", "AsyncPages", "BaseClient", "CallArguments", "CallOptions", "ClassVar"}
    | {"Dict", "Enum", "Exception", "False", "File", "Job", "List", "Mapping", "None", "Optional", "Protocol"}
    | {"Response", "Secret", "Self", "SyncPages", "True", "UNSET", "UUID", "Union", "Unset"}
)
# File names that Windows cannot have, whatever their ending.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{word}{n}" for word in ("com", "lpt") for n in range(10))})


def snake(name: str) -> str:
    """Write a name as words in lower case joined by one underscore, digits kept with the word before them."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def module_name(name: str) -> str:
    """Write a name exactly as the generator names modules and arguments: two names that are equal here are one file or one argument there."""
    return "_".join(_words(name)).lower()


def class_name(name: str) -> str:
    """Write a name exactly as the generator names classes."""
    return "".join(word if word.isupper() else word.capitalize() for word in _words(name))


def _words(name: str) -> list[str]:
    kept = name
    if not (name.isascii() and name.isidentifier()):
        kept = "".join(
            letter for letter in name if letter.isidentifier() or letter.isdecimal() or letter in _DELIMITERS
        )
    if any(map(str.isupper, kept)):
        kept = " ".join(re.split("([A-Z]?[a-z]+)", kept))
    return re.findall(rf"[^{re.escape(_DELIMITERS)}]+", kept)


def readable(name: str) -> str:
    """Return the letters and digits of a name with spaces between them; signs are named where they stand for a word (`+1`, `*`)."""
    text = unicodedata.normalize("NFKC", name)
    if len(text) > 1:
        text = {"+": "plus ", "-": "minus "}.get(text[0], text[0]) + text[1:]
    kept = "".join(letter if f"a{letter}".isidentifier() and letter != "_" else " " for letter in text)
    if kept.strip():
        return kept.strip()
    return " ".join(unicodedata.name(letter, f"u{ord(letter):04x}") for letter in text[:4]).lower().replace("-", " ")


def attribute_name(wire: str, *, reserved: Collection[str] = RESERVED_MEMBERS) -> str:
    """Return the Python name of a member or an argument: `_id` → `id`, `VAT` → `vat`, `+1` → `plus_1`, `1st` → `field_1st`, `class` → `class_`."""
    name = unicodedata.normalize("NFKC", module_name(readable(wire))) or "value"
    return _safe(name, "field_", reserved)


def allocate(
    wires: Iterable[str],
    *,
    reserved: Collection[str] = RESERVED_MEMBERS,
    stated: Mapping[str, str] | None = None,
    suffix: str = "",
    taken: Iterable[str] = (),
) -> dict[str, str]:
    """Return wire name → Python name for names that stand beside each other.

    A name follows from its own wire name. Only where two would be equal does one give way: first come names that are stated, then those written like their
    Python name, then the order of the wire names; a later one gets `suffix`, a leading `field_` in place of an underscore, or a number.
    """
    stated = stated or {}
    names = {wire: stated.get(wire) or attribute_name(wire, reserved=reserved) for wire in dict.fromkeys(wires)}
    used = set(taken)
    found: dict[str, str] = {}
    for wire in sorted(names, key=lambda item: (item not in stated, item != names[item], item)):
        name = names[wire]
        for other in (f"{name}{suffix}", f"field_{name}" if wire.startswith("_") else name):
            name = other if name in used else name
        if name in used:
            name = numbered(names[wire], used.__contains__)
        used.add(name)
        found[wire] = name
    return {wire: found[wire] for wire in names}


def numbered(name: str, is_taken: Callable[[str], bool], mark: str = "_") -> str:
    """Return a name, or the first of `name_2`, `name_3` … that is not taken."""
    found, number = name, 2
    while is_taken(found):
        found, number = f"{name}{mark}{number}", number + 1
    return found


def stated_names(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return wire name → `x-client-name` of the properties of a schema that state one."""
    stated = {name: item.get("x-client-name") for name, item in properties.items() if isinstance(item, Mapping)}
    return {name: text for name, text in stated.items() if isinstance(text, str)}


def resource_name(tag: str) -> str:
    """Return the attribute of a tag: `Payment Cards` → `payment_cards`, `2fa` → `tag_2fa`."""
    return _safe(snake(readable(tag)) or "default", "tag_", RESERVED_RESOURCES | DEVICES)


def class_stem(tag: str) -> str:
    """Return the class name of a tag: `Payment Cards` → `PaymentCards`."""
    return "".join(word.capitalize() for word in resource_name(tag).split("_"))


def credential_name(scheme: str) -> str:
    """Return the constructor's argument for a security scheme: `X-Api-Key` → `x_api_key`."""
    return _safe(snake(readable(scheme)) or "credential", "key_", RESERVED_CREDENTIALS)


def method_name(tag: str, operation_id: str) -> str:
    """Return the method of an operation: its verb and the words that are not the tag, whatever other operations there are.

    `listGuests` of `guests` → `list`, `deleteUserPhoto` of `users` → `delete_photo`, `repos/list-forks` of `repos` → `list_forks`.
    """
    nouns = {word for name in snake(readable(tag)).split("_") for word in (name, singular(name))}
    words = [word for word in snake(readable(operation_id)).split("_") if word] or ["call"]
    if len(words) > 1 and words[0] in nouns and re.match(r"[^\W_]+[./]", operation_id):
        words = words[1:]
    left = [word for word in words[1:] if word not in nouns and singular(word) not in nouns]
    return _safe("_".join([words[0], *left]), "call_", RESERVED_METHODS)


def known_id(operation: Mapping[str, Any]) -> str:
    """Return the operationId that users know: ours where `x-client-operation` gives it, else the vendor's; empty without one."""
    return str(operation.get("x-client-operation") or operation.get("operationId") or "")


def known_tag(operation: Mapping[str, Any]) -> str:
    """Return the tag that users know: ours where `x-client-tag` gives it, else the vendor's first; empty without one."""
    tags = operation.get("tags")
    return str(operation.get("x-client-tag") or (tags[0] if isinstance(tags, list) and tags else ""))


def known_path(path: str, operation: Mapping[str, Any]) -> str:
    """Return a path with the names of its parameters that users know, by `x-client-parameters`."""
    own = operation.get("x-client-parameters") or {}
    return re.sub(r"\{([^{}]*)\}", lambda found: f"{{{own.get(found[1], found[1])}}}", path)


def referring(rules: Mapping[str, Any], *, other: Mapping[str, str], own: Mapping[str, str]) -> dict[str, Any]:
    """Return an extension that refers to another operation with parameters of paths renamed: those of the `other` one, and its `own`."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [told(inner) for inner in value]
        name = value.removeprefix("$request.path.") if isinstance(value, str) else value
        return f"$request.path.{own.get(name, name)}" if name is not value and name != value else value

    result = {key: told(value) for key, value in rules.items()}
    if "parameter" in result:
        result["parameter"] = other.get(result["parameter"], result["parameter"])
    if isinstance(result.get("arguments"), dict):
        result["arguments"] = {other.get(key, key): value for key, value in result["arguments"].items()}
    return result


def call_of(operation: Mapping[str, Any]) -> tuple[str, str]:
    """Return the resource and the method of an operation; `x-client-method` comes before the rule."""
    tag, stated = known_tag(operation), operation.get("x-client-method")
    return resource_name(tag), str(stated) if stated else method_name(tag, known_id(operation))


def singular(word: str) -> str:
    """Return the singular of an English noun, by its ending."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _safe(name: str, prefix: str, reserved: Collection[str]) -> str:
    if not name.isidentifier():
        name = f"{prefix}{name}"
    return f"{name}_" if name in reserved else name


def shown_title(info: dict[str, Any]) -> str:
    """Return the title of an API as people tell it from others: with the name of the vendor's client, unless it says that itself."""
    title, name = str(info["title"]), str(info.get("x-client-name") or "")
    return title if name.lower() in title.lower() else f"{name} {title}"
