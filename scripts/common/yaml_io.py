"""Read and write YAML by the core rules of YAML 1.2, and write JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from scripts.common.problems import PipelineError
from scripts.common.yaml_checks import Misplaced, check_nodes, refuse_depth
from scripts.common.yaml_rules import DownloadLoader, Dumper, Loader

# JSON writes characters beyond the basic plane as two escapes, which YAML does not know.
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def parse_yaml(text: str, *, name: str, number_keys: bool = False) -> Any:
    """Parse YAML or JSON text; `number_keys` reads unquoted keys such as `200` as strings, for files that came as they are.

    Raises:
        PipelineError: not YAML, several documents, a duplicate or non-string key, a tag beyond YAML's core, nesting or aliases without bound.
    """
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        text = _SURROGATES.sub(_join_surrogates, text)
    kind: Any = DownloadLoader if number_keys else Loader
    loader: Any = None
    try:
        refuse_depth(text)
        loader = kind(text)
        node = loader.get_single_node()
        if node is None:
            return None
        shared = check_nodes(node)
        data = loader.construct_document(node)
        return _unshare(data) if shared else data
    except Misplaced as problem:
        raise PipelineError(problem.found, where=f"{name}:{problem.line}", todo=problem.todo) from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        found = ", ".join(filter(None, (getattr(problem, "context", None), getattr(problem, "problem", None)))) or str(
            problem
        )
        raise PipelineError(f"not valid YAML: {found}", where=where, todo="Correct the file at this line.") from None
    except (ValueError, RecursionError) as problem:
        raise PipelineError(f"not readable as YAML: {problem}", where=name, todo="Correct the file.") from None
    finally:
        if loader is not None:
            loader.dispose()


def load_yaml(path: Path, *, name: str | None = None, number_keys: bool = False) -> Any:
    """Read one YAML file; see `parse_yaml`."""
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PipelineError("file not found", where=name, todo="Create it or correct the reference to it.") from None
    except UnicodeDecodeError as problem:
        raise PipelineError(f"not UTF-8 (byte {problem.start})", where=name, todo="Save the file as UTF-8.") from None
    return parse_yaml(text, name=name, number_keys=number_keys)


def dump_yaml(data: Any, *, header: str = "") -> str:
    """Write stable YAML: order kept, LF, UTF-8, one final newline; `header` becomes comment lines on top."""
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100)
    return "".join(f"# {line}\n" for line in header.splitlines()) + text


def dump_json(data: Any) -> str:
    """Write stable JSON: order kept, two spaces, one final newline."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _join_surrogates(match: re.Match[str]) -> str:
    before, high, low = match.groups()
    return f"{before}\\U{0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00):08x}"


def _unshare(node: Any) -> Any:
    """Give every alias its own copy, so that a change at one place is not one at the other."""
    if isinstance(node, dict):
        return {key: _unshare(value) for key, value in node.items()}
    return [_unshare(item) for item in node] if isinstance(node, list) else node
