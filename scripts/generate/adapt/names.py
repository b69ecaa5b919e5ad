"""Names of schemas: each makes a class and a module of its own, on every file system, beside what generated code uses itself."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from scripts.common.document import operations, walk_parts
from scripts.common.jsonpath import Place
from scripts.common.names import (
    DEVICES,
    RESERVED_SCHEMAS,
    call_of,
    class_name,
    class_stem,
    credential_name,
    method_name,
    module_name,
    numbered,
    resource_name,
    snake,
)
from scripts.generate.adapt.walks import Notes, own_values

LONGEST = 100  # characters of a class: its module, where each may have a mark before it, is the name of a file


def schema_names(document: dict[str, Any], notes: Notes) -> None:
    """Rename schemas whose names Python, the generators or a file system cannot have, or that meet another; references follow."""
    named = (document.get("components") or {}).get("schemas")
    if not isinstance(named, dict):
        document.setdefault("components", {})["schemas"] = {}
        return
    renamed: dict[str, str] = {}
    taken = {
        f"{prefix}{class_stem(operation['tags'][0])}Resource{view}"
        for _, _, operation in operations(document)
        for prefix in ("", "Async")
        for view in ("", "WithRawResponse")
    }
    for name in sorted(named, key=lambda item: not _is_fine(item)):  # fine names keep theirs
        wanted = numbered(safe_name(name), lambda word: not taken.isdisjoint((class_name(word), module_name(word))), "")
        taken.update((class_name(wanted), module_name(wanted)))
        if wanted != name:
            renamed[name] = wanted
            notes.add(("components", "schemas", name), f"named {wanted} in Python")
    _mapped(document)
    if renamed:
        document["components"]["schemas"] = {renamed.get(name, name): schema for name, schema in named.items()}
        for kind, _, part in walk_parts(document):
            if kind == "schema":
                follow_names(part, renamed)


def safe_name(name: str) -> str:
    """Return a name that a class and its module can have: `Page<User>` → `PageUser`, `2FA` → `Schema2FA`."""
    kept = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in name)
    words = kept.split() or [f"Schema{''.join(f'{ord(letter):04X}' for letter in name[:4])}"]
    plain = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    as_it_is = plain == name and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", plain)
    result = (plain if as_it_is else plain.strip("_") or "Schema")[:LONGEST]
    if not result[:1].isalpha():
        result = f"Schema{result}"
    if not result.isascii():
        result = _ascii(result)
    reserved = (
        class_name(result) in RESERVED_SCHEMAS
        or keyword.iskeyword(module_name(result))
        or module_name(result) in DEVICES
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
    """Write out the values of discriminators, which else are what the member of each variant may be, or follow from the names of schemas."""
    prefix = "#/components/schemas/"
    for kind, _, part in walk_parts(document):
        chosen = part.get("discriminator") if kind == "schema" else None
        if not isinstance(chosen, dict):
            continue
        known = document["components"]["schemas"]
        names = {name: f"{prefix}{name}" for name in _undecided(known, part, ())}
        mapping = {
            value: target if str(target).startswith("#") else names.get(str(target), f"{prefix}{target}")
            for value, target in (chosen.get("mapping") or {}).items()
        }
        mapping = {value: target for value, target in mapping.items() if target.removeprefix(prefix) in known}
        chosen["mapping"] = {
            **{
                value: reference
                for name, reference in names.items()
                if reference not in mapping.values()
                for value in own_values(document, name, chosen.get("propertyName"))
            },
            **mapping,
        }


def _undecided(known: dict[str, Any], part: Any, above: tuple[str, ...]) -> list[str]:
    """Return the variants of a union, and in place of one that is a union without a discriminator those of it."""
    items = [item for word in ("oneOf", "anyOf") for item in part.get(word) or [] if isinstance(item, dict)]
    names = [str(item["$ref"]).removeprefix("#/components/schemas/") for item in items if "$ref" in item]
    inner = {
        name: _undecided(known, known[name], (*above, name))
        for name in names
        if name in known and name not in above and "discriminator" not in known[name]
    }
    return [leaf for name in names for leaf in inner.get(name) or [name]]


def follow_names(part: dict[str, Any], renamed: dict[str, str]) -> None:
    """Let a reference and a discriminator follow schemas that have other names."""
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


def methods(document: dict[str, Any], notes: Notes) -> None:
    """Where the rule gives two methods of a resource one name, the later in the order of the ids is called by its whole id, or gets a number."""
    by_resource: dict[str, list[tuple[Place, dict[str, Any]]]] = {}
    for method, path, operation in operations(document):
        by_resource.setdefault(resource_name(operation["tags"][0]), []).append(
            (("paths", path, method.lower()), operation)
        )
    for found in by_resource.values():
        taken: set[str] = set()
        for place, operation in sorted(
            found,
            key=lambda item: (
                "x-client-method" not in item[1],
                len(snake(item[1]["operationId"])),
                item[1]["operationId"],
            ),
        ):
            name = call_of(operation)[1]
            if name in taken:
                wanted = numbered(method_name("", operation["operationId"]), taken.__contains__)
                operation["x-client-method"] = wanted
                notes.add(place, f"the method is {wanted}, since another one is {name}")
                name = wanted
            taken.add(name)


def equal_tags(document: dict[str, Any], notes: Notes) -> None:
    """Tags that make one resource are one tag: the first of them."""
    first: dict[str, str] = {}
    for method, path, operation in operations(document):
        tag = operation["tags"][0]
        kept = first.setdefault(resource_name(tag), tag)
        if kept != tag:
            notes.add(("paths", path, method.lower()), f"the tag {tag} makes the same resource as {kept}")
            operation["tags"] = [kept, *operation["tags"][1:]]


def credentials(document: dict[str, Any], notes: Notes) -> None:
    """A security scheme that states no argument gets one from its name."""
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    taken: set[str] = set()
    for name, scheme in schemes.items():
        if scheme.get("type") not in ("apiKey", "http") or str(scheme.get("scheme", "")).lower() == "basic":
            continue
        base = scheme.get("x-argument")
        if base is None or credential_name(str(base)) != base:
            scheme["x-argument"] = numbered(credential_name(str(base or name)), taken.__contains__)
        taken.add(scheme["x-argument"])


def titles(document: dict[str, Any], notes: Notes) -> None:
    """Titles make names of classes: one that names another class, or none that Python can have, goes; inline schemas that would meet get a title."""
    named = (document.get("components") or {}).get("schemas") or {}
    for name, schema in named.items():
        title = schema.get("title") if isinstance(schema, dict) else None
        if title is not None and class_name(str(title)) != class_name(name):
            del schema["title"]
    taken = {class_name(name) for name in named}
    for place, part, made in inline_classes(document):
        title = part.get("title")
        if title is not None and not (isinstance(title, str) and re.search(r"[A-Za-z]", title) and title.isascii()):
            del part["title"]
            notes.add(place, "the title names no class")
        if made not in taken:
            taken.add(made)
            continue
        base, number = str(part.get("title") or place[-1]), 2
        prefix = made.removesuffix(class_name(base)) if made.endswith(class_name(base)) else ""
        while f"{prefix}{class_name(f'{base} {number}')}" in taken:
            number += 1
        part["title"] = f"{base} {number}"
        taken.add(f"{prefix}{class_name(f'{base} {number}')}")
        notes.add(place, f"titled {base} {number}, since {made} is another schema")


def inline_classes(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any], str]]:
    """Yield (place, schema, class) for each schema that the generator makes a class of without a name of its own, by the generator's rule."""
    for name, schema in ((document.get("components") or {}).get("schemas") or {}).items():
        yield from _below(schema, name, "", ("components", "schemas", name), inline=False)
    for method, path, operation in operations(document):
        owner, place = str(operation["operationId"]), ("paths", path, method.lower())
        body = operation.get("requestBody") or {}
        for media, described in (body.get("content") or {}).items():
            yield from _below(
                (described or {}).get("schema"), "body", owner, (*place, "requestBody", "content", media, "schema")
            )
        for status, reply in (operation.get("responses") or {}).items():
            for media, described in ((reply or {}).get("content") or {}).items():
                where = (*place, "responses", status, "content", media, "schema")
                yield from _below((described or {}).get("schema"), f"response_{status.lower()}", owner, where)
        for index, parameter in enumerate(operation.get("parameters") or []):
            yield from _below(
                parameter.get("schema"), str(parameter.get("name")), owner, (*place, "parameters", index, "schema")
            )


def _below(
    schema: Any, name: str, parent: str, place: Place, *, inline: bool = True
) -> Iterator[tuple[Place, dict[str, Any], str]]:
    if not isinstance(schema, dict) or "$ref" in schema:
        return
    made = f"{class_name(parent)}{class_name(str(schema.get('title') or name))}" if parent else class_name(name)
    kinds = schema.get("type")
    is_model = (
        "properties" in schema or "allOf" in schema or "object" in (kinds if isinstance(kinds, list) else [kinds])
    )
    if inline and (is_model or schema.get("enum")):
        yield place, schema, made
    if isinstance(schema.get("title"), str) and is_model and inline:  # it may have been given another title meanwhile
        made = f"{class_name(parent)}{class_name(schema['title'])}"
    for key, value in (schema.get("properties") or {}).items():
        yield from _below(value, str(key), made, (*place, "properties", key))
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        yield from _below(extra, "additional_properties", made, (*place, "additionalProperties"))
    if "items" in schema:
        yield from _below(schema["items"], f"{name}_item", parent, (*place, "items"))
    for index, item in enumerate(schema.get("allOf") or []):  # members of a part are the whole's
        for key, value in (item.get("properties") or {}).items() if "$ref" not in item else ():
            yield from _below(value, str(key), made, (*place, "allOf", index, "properties", key))
    for word in ("oneOf", "anyOf"):
        for index, item in enumerate(schema.get(word) or []):
            yield from _below(item, f"{name}_type_{index}", parent, (*place, word, index))


def hoist(document: dict[str, Any], notes: Notes) -> None:
    """Each inline schema that makes a class becomes a component under the name of that class, which changes no name in Python."""
    _hoist(document, notes, 0)


def hoist_long(document: dict[str, Any], notes: Notes) -> None:
    """An inline schema whose class has a name too long for a file becomes a component under the beginning of it."""
    _hoist(document, notes, LONGEST)


def _hoist(document: dict[str, Any], notes: Notes, above: int) -> None:
    named = document["components"]["schemas"]
    taken = {class_name(name) for name in named}
    for place, part, made in list(inline_classes(document)):
        if made in named or len(made) <= above:
            continue
        made = numbered(made[:LONGEST], taken.__contains__, "")
        taken.add(made)
        kept: dict[str, Any] = {
            key: part[key] for key in ("description", "readOnly", "writeOnly", "deprecated") if key in part
        }
        named[made] = {key: value for key, value in part.items() if key != "title"}
        part.clear()
        part.update({"$ref": f"#/components/schemas/{made}", **kept})
        notes.add(place, f"a component of its own: {made}")
