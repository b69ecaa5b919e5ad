"""YAML and JSON files by the core rules of YAML 1.2: `no`, `12:30` and `2026-01-01` stay text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from .documents import JSON
from .problems import SandboxError

_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Reads only null, booleans and plain numbers as something other than text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_RULES = (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+0123456789.")),
)
for _name, _pattern, _first in _RULES:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), _first)


def read_yaml(path: Path) -> JSON:
    """Read one YAML or JSON file; raises `SandboxError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
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
        return {key if isinstance(key, str) else str(key): _with_text_keys(inner) for key, inner in value.items()}
    return [_with_text_keys(inner) for inner in value] if isinstance(value, list) else value
