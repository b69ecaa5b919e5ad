"""JSON documents, which vendors store, receive and answer, and files in YAML or JSON."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import msgspec
import yaml

# Members are checked against the effective spec at run time, which says more than a Python type could.
Document: TypeAlias = dict[str, Any]
JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None

_DEEPEST = 100
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SandboxError(Exception):
    """Say in one line what was found, where, and what to do next: bad input to the sandbox itself."""


def to_json(value: JSON) -> str:
    """Write a value as compact JSON with its members in the order given."""
    return msgspec.json.encode(value).decode()


def from_json(text: str | bytes) -> JSON:
    """Read strict JSON; raises `ValueError` also for what could not be kept, such as nesting beyond 100 levels."""
    try:
        value: JSON = msgspec.json.decode(text)
        if _depth(value) <= _DEEPEST:
            return value
    except RecursionError:
        pass
    raise ValueError("nested too deeply")


def _depth(value: JSON) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Reads by the core rules of YAML 1.2: `no`, `12:30` and `2026-01-01` stay text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _name, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+0123456789.")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), _first)


def read_yaml(path: Path) -> JSON:
    """Read one YAML or JSON file; raises `SandboxError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        with suppress(ValueError):  # JSON has escapes that YAML lacks
            return from_json(text)
        value: JSON = _with_text_keys(yaml.load(text, Loader=_Loader))  # noqa: S506 - a subclass of the safe loader
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read ({error.strerror}); check the name of the file.") from error
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "unreadable"
        raise SandboxError(f"{path}{place}: is not YAML ({reason}); correct that line.") from error
    return value


def _with_text_keys(value: Any) -> Any:
    """Write keys as JSON does: a status code without quotes is a number in YAML."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(inner) for key, inner in value.items()}
    return [_with_text_keys(inner) for inner in value] if isinstance(value, list) else value
