"""Read and write YAML by the core rules of YAML 1.2, on PyYAML.

PyYAML follows YAML 1.1, where `no` is false, `12:30` a number and `2026-01-01` a date: a spec changes without a word.
Here only null, true, false and plain numbers are special; keys are strings; duplicate keys are errors.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from scripts.common.problems import PipelineError

_MAX_NODES = 5_000_000  # what aliases may expand to
_MAX_DEPTH = 200  # far above any spec, far below where the parser's own recursion ends the process
_QUOTE = "Quote it, as in '200'."

_CORE = (
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")),
    (
        "float",
        re.compile(
            r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
        ),
        list("-+0123456789."),
    ),
)


_PATTERNS = {f"tag:yaml.org,2002:{tag}": pattern for tag, pattern, _ in _CORE}
_STRUCTURES = {
    "tag:yaml.org,2002:str": yaml.ScalarNode,
    "tag:yaml.org,2002:map": yaml.MappingNode,
    "tag:yaml.org,2002:seq": yaml.SequenceNode,
}
# JSON writes characters beyond the basic plane as two escapes, which YAML does not know.
_SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class WrittenFloat(float):
    """Keep the text of a number such as `1.10`, so that it is written back as it was."""

    text: str

    def __new__(cls, text: str) -> WrittenFloat:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[WrittenFloat], tuple[str]]:
        return WrittenFloat, (self.text,)


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}
    number_keys = False

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        text: str = self.construct_scalar(node)
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        text: str = self.construct_scalar(node)
        if text.lstrip("-+").lower() in (".inf", ".nan"):
            return float(text.replace(".", "", 1))
        number = float(text)
        return number if repr(number) == text else WrittenFloat(text)

    def construct_map(self, node: yaml.MappingNode) -> Any:
        result: dict[str, Any] = {}
        yield result
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode):
                raise _at(key_node, "a key is not a plain string", "Write keys as strings.")
            if not key_node.tag.endswith(":str") and not self.number_keys:
                raise _at(
                    key_node, f"the key {key!r} is read as {key_node.tag.rsplit(':', 1)[-1]}, not as a string", _QUOTE
                )
            if key in result:
                raise _at(key_node, f"the key {key!r} stands twice in one mapping", "Remove or rename one of them.")
            result[key] = self.construct_object(value_node, deep=True)


class _DownloadLoader(_Loader):
    number_keys = True


for _tag, _pattern, _first in _CORE:
    for _letter in _first:
        _Loader.yaml_implicit_resolvers.setdefault(_letter, []).append((f"tag:yaml.org,2002:{_tag}", _pattern))
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_map)
_DownloadLoader.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


class _Dumper(_BaseDumper):  # type: ignore[misc]
    """Quote what either version of YAML would take for something else than a string."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.yaml_implicit_resolvers = {key: list(value) for key, value in _Dumper.yaml_implicit_resolvers.items()}
for _tag, _pattern, _first in _CORE:
    for _letter in _first:
        _Dumper.yaml_implicit_resolvers.setdefault(_letter, []).append((f"tag:yaml.org,2002:{_tag}", _pattern))


def _write_string(dumper: Any, text: str) -> yaml.Node:
    style = None
    if "\n" in text:  # a block that keeps several final newlines would need a mark for the end of the document
        style = '"' if text.endswith("\n\n") or not text.strip() else "|"
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
    return node


def _write_float(dumper: Any, number: WrittenFloat) -> yaml.Node:
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:float", number.text)
    return node


_Dumper.add_representer(str, _write_string)
_Dumper.add_representer(WrittenFloat, _write_float)


def parse_yaml(text: str, *, name: str, number_keys: bool = False) -> Any:
    """Parse YAML or JSON text; `number_keys` reads unquoted keys such as `200` as strings, for files that came as they are.

    Raises:
        PipelineError: not YAML, several documents, a duplicate or non-string key, a tag beyond YAML's core, nesting or aliases without bound.
    """
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        text = _SURROGATES.sub(_join_surrogates, text)
    kind: Any = _DownloadLoader if number_keys else _Loader
    loader: Any = None
    try:
        _refuse_depth(text)
        loader = kind(text)
        node = loader.get_single_node()
        if node is None:
            return None
        shared = _check_nodes(node)
        data = loader.construct_document(node)
        return _unshare(data) if shared else data
    except _Misplaced as problem:
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
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
    )
    return "".join(f"# {line}\n" for line in header.splitlines()) + text


def dump_json(data: Any) -> str:
    """Write stable JSON: order kept, two spaces, one final newline."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


class _Misplaced(Exception):
    def __init__(self, found: str, line: int, todo: str) -> None:
        super().__init__(found)
        self.found, self.line, self.todo = found, line, todo


def _at(node: yaml.Node, found: str, todo: str) -> _Misplaced:
    return _Misplaced(found, node.start_mark.line + 1 if node.start_mark else 1, todo)


def _join_surrogates(match: re.Match[str]) -> str:
    before, high, low = match.groups()
    return f"{before}\\U{0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00):08x}"


def _refuse_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise _Misplaced(
                    f"not readable as YAML: it nests deeper than {_MAX_DEPTH} levels",
                    event.start_mark.line + 1 if event.start_mark else 1,
                    "Make parts of it components.",
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check_nodes(root: yaml.Node) -> bool:
    """Refuse tags beyond the core, wrong text under an explicit tag, and alias bombs; tell whether an alias shares a part."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()
    shared = False

    def size(node: yaml.Node) -> int:
        nonlocal shared
        known = sizes.get(id(node))
        if known is not None:
            shared = True
            return known
        if id(node) in open_nodes:
            raise _at(node, "an alias refers to itself", "Write the part out.")
        open_nodes.add(id(node))
        _check_tag(node)
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(size(key) + size(value) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item) for item in node.value)
        open_nodes.discard(id(node))
        if total > _MAX_NODES:
            raise _at(node, f"aliases expand to more than {_MAX_NODES:,} nodes", "Write the parts out.")
        sizes[id(node)] = total
        return total

    size(root)
    return shared


def _check_tag(node: yaml.Node) -> None:
    pattern = _PATTERNS.get(node.tag)
    fits = (
        isinstance(node, yaml.ScalarNode) and pattern.match(node.value)
        if pattern
        else isinstance(node, _STRUCTURES.get(node.tag, ()))
    )
    if not fits:
        raise _at(
            node,
            f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} does not fit here",
            "Remove the tag; only plain data is read.",
        )


def _unshare(node: Any) -> Any:
    """Give every alias its own copy, so that a change at one place is not one at the other."""
    if isinstance(node, dict):
        return {key: _unshare(value) for key, value in node.items()}
    return [_unshare(item) for item in node] if isinstance(node, list) else node
