"""What the templates call: names, literals and docstrings. Everything that comes from a spec is escaped here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any

from openapi_python_client import strings
from openapi_python_client.schema.untrusted_string import UntrustedString

WIDTH = 110
_IMPORT = re.compile(r"( *)(from \S+ )?import (?:\(([^()]*)\)|([^\n(]+))\n")
# What `safe_for_docstring` changes.
_UNSAFE = re.compile(r'[\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|"""')


def text(value: Any) -> str:
    """Return the plain text of a string of the spec; only `literal` and `doc` may bring it into code."""
    if isinstance(value, UntrustedString):
        return value.get_untrusted_value()
    if isinstance(value, strings.PythonCode):
        return value.as_unembedded_code()
    return "" if value is None else str(value)


def literal(value: Any) -> str:
    """Write a value of the spec as a Python literal."""
    if isinstance(value, list):
        return repr([text(item) for item in value])
    return repr(text(value)) if isinstance(value, UntrustedString | strings.PythonCode) else repr(value)


def doc(value: str) -> str:
    """Escape text for a docstring; a quotation mark at its end would close it early."""
    escaped = (strings.safe_for_docstring(UntrustedString(value)) if _UNSAFE.search(value) else value).rstrip()
    return re.sub(r'(?<!\\)((?:\\\\)*)"$', r'\1\\"', escaped)


def member_names(properties: Iterable[Any]) -> list[str]:
    """Return the names of properties on the wire."""
    return [text(item.name) for item in properties]


def wrap(value: str) -> str:
    """Fold text to the width of docstrings, keeping its paragraphs."""
    lines = []
    for paragraph in value.strip().splitlines():
        lines += textwrap.wrap(paragraph, WIDTH, break_long_words=False) or [""]
    return "\n".join(lines)


def hang(value: str) -> str:
    """Fold one entry of a docstring section, its further lines indented deeper."""
    return textwrap.fill(value, WIDTH, initial_indent="    ", subsequent_indent="        ", break_long_words=False)


def client_doc(about: str, slug: str, credentials: list[str], settings: str) -> str:
    """Write the docstring of a client: what the vendor is, which credentials it takes, where settings are described."""
    known = ", ".join(f"`{name}`" for name in credentials)
    paragraphs = (
        about,
        f"Credentials are keyword arguments: {known}; `from_env()` reads them from `{slug.upper()}_<ARGUMENT>`.",
        f"`base_url` or `server` says where to call; further settings are those of `loyalty_runtime.{settings}`.",
    )
    return "\n\n".join(map(wrap, paragraphs))


def import_as_itself(line: str) -> str:
    """Write an import so that type checkers see a re-export."""
    name = line.rsplit(" import ", 1)[1]
    return f"{line} as {name}"


def lazy_entry(line: str) -> str:
    """Write an import line as an entry of the lazy table."""
    match = re.fullmatch(r"from (\S+) import (\S+)", line)
    if match is None:
        raise ValueError(line)
    return f"{match[2]!r}: {match[1]!r}"


def needed(imports: str, code: str) -> str:
    """Leave out the imports that code does not name; the linter, which has the last word, would spend most of its time on them."""
    words = set(re.findall(r"\w+", f"{_IMPORT.sub('', imports)}{code}"))

    def shorten(found: re.Match[str]) -> str:
        indent, source, listed, inline = found.groups(default="")
        names = [name for item in (listed or inline).split(",") if (name := item.strip()) and name.split()[-1] in words]
        if not names:
            return ""
        each = "".join(f"{indent}    {name},\n" for name in names)
        written = f"(\n{each}{indent})" if listed else ", ".join(names)
        return f"{indent}{source}import {written}\n"

    kept = _IMPORT.sub(shorten, imports).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", f"{kept}\n")
