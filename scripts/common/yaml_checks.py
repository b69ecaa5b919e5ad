"""What is refused in YAML before anything is made of it: depth, tags beyond the core, aliases without bound."""

from __future__ import annotations

import re
from typing import Any

import yaml

_MAX_NODES = 5_000_000  # what aliases may expand to
_MAX_DEPTH = 200  # far above any spec, far below where the parser's own recursion ends the process

BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CORE = (
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


class Misplaced(Exception):
    """Say what is wrong at which line of a YAML text, and what to do."""

    def __init__(self, found: str, line: int, todo: str) -> None:
        super().__init__(found)
        self.found, self.line, self.todo = found, line, todo


def misplaced_at(node: yaml.Node, found: str, todo: str) -> Misplaced:
    """Return the error for a node."""
    return Misplaced(found, node.start_mark.line + 1 if node.start_mark else 1, todo)


_PATTERNS = {f"tag:yaml.org,2002:{tag}": pattern for tag, pattern, _ in CORE}
_STRUCTURES = {
    "tag:yaml.org,2002:str": yaml.ScalarNode,
    "tag:yaml.org,2002:map": yaml.MappingNode,
    "tag:yaml.org,2002:seq": yaml.SequenceNode,
}


def refuse_depth(text: str) -> None:
    """Refuse a text that nests too deeply, before anything recursive reads it; raises `Misplaced`."""
    depth = 0
    for event in yaml.parse(text, Loader=BASE):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise Misplaced(
                    f"not readable as YAML: it nests deeper than {_MAX_DEPTH} levels",
                    event.start_mark.line + 1 if event.start_mark else 1,
                    "Make parts of it components.",
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def check_nodes(root: yaml.Node) -> bool:
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
            raise misplaced_at(node, "an alias refers to itself", "Write the part out.")
        open_nodes.add(id(node))
        _check_tag(node)
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(size(key) + size(value) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item) for item in node.value)
        open_nodes.discard(id(node))
        if total > _MAX_NODES:
            raise misplaced_at(node, f"aliases expand to more than {_MAX_NODES:,} nodes", "Write the parts out.")
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
        raise misplaced_at(
            node,
            f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} does not fit here",
            "Remove the tag; only plain data is read.",
        )
