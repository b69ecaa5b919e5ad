"""The rules of YAML 1.2's core for PyYAML's loader and dumper.

PyYAML follows YAML 1.1, where `no` is false, `12:30` a number and `2026-01-01` a date: a spec changes without a word.
Here only null, true, false and plain numbers are special; keys are strings; duplicate keys are errors.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

from scripts.common.yaml_checks import BASE, CORE, misplaced_at

_QUOTE = "Quote it, as in '200'."


class WrittenFloat(float):
    """Keep the text of a number such as `1.10`, so that it is written back as it was."""

    text: str

    def __new__(cls, text: str) -> WrittenFloat:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[WrittenFloat], tuple[str]]:
        return WrittenFloat, (self.text,)


_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


_DIGITS = 3_000


class Loader(BASE):  # type: ignore[misc]
    """Read what the core schema means; keys are strings."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}
    number_keys = False

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        text: str = self.construct_scalar(node)
        if len(text) > _DIGITS:  # Python would not write it again
            raise ValueError(f"an integer of {len(text):,} digits")
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
                raise misplaced_at(key_node, "a key is not a plain string", "Write keys as strings.")
            if not key_node.tag.endswith(":str") and not self.number_keys:
                raise misplaced_at(
                    key_node, f"the key {key!r} is read as {key_node.tag.rsplit(':', 1)[-1]}, not as a string", _QUOTE
                )
            if key in result:
                raise misplaced_at(
                    key_node, f"the key {key!r} stands twice in one mapping", "Remove or rename one of them."
                )
            result[key] = self.construct_object(value_node, deep=True)


class DownloadLoader(Loader):
    """Take keys such as 200 as strings, in files that came as they are."""

    number_keys = True


for _tag, _pattern, _first in CORE:
    for _letter in _first:
        Loader.yaml_implicit_resolvers.setdefault(_letter, []).append((f"tag:yaml.org,2002:{_tag}", _pattern))
Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)
Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_yaml_float)
Loader.add_constructor("tag:yaml.org,2002:map", Loader.construct_map)
DownloadLoader.yaml_implicit_resolvers = Loader.yaml_implicit_resolvers


class Dumper(_DUMPER):  # type: ignore[misc]
    """Quote what either version of YAML would take for something else than a string."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


Dumper.yaml_implicit_resolvers = {key: list(value) for key, value in Dumper.yaml_implicit_resolvers.items()}
for _tag, _pattern, _first in CORE:
    for _letter in _first:
        Dumper.yaml_implicit_resolvers.setdefault(_letter, []).append((f"tag:yaml.org,2002:{_tag}", _pattern))


def _write_string(dumper: Any, text: str) -> yaml.Node:
    style = None
    if "\n" in text:  # a block that keeps several final newlines would need a mark for the end of the document
        style = '"' if text.endswith("\n\n") or not text.strip() else "|"
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
    return node


def _write_float(dumper: Any, number: WrittenFloat) -> yaml.Node:
    node: yaml.Node = dumper.represent_scalar("tag:yaml.org,2002:float", number.text)
    return node


Dumper.add_representer(str, _write_string)
Dumper.add_representer(WrittenFloat, _write_float)
