"""Writing: stable bytes that mean the same to every reader of YAML."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scripts.common.yaml_io import dump_yaml, parse_yaml
from scripts.common.yaml_rules import WrittenFloat

# Surrogates cannot be in a UTF-8 file.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
AWKWARD = [
    *["no", "on", "1.10", "12:30", "2026-11-21", "0o17", "1_000", "1e3", "~", "null", "=", "<<", "#a", "@a", "!a"],
    *["&a", "*a", "|", "?", "a:", "---", "'", "\\", "", "- a", "a: b", "a #b", " a", "a ", "\ta", "a\n", "\na"],
    *[" a\nb", "\n", "a \nb", "a\r\nb", "\u0085", "\u2028", "\ufeff", "\u0000", "\U0001f600"],
    "long words " * 30,
    "x" * 300,
]
WORDS = st.sampled_from(AWKWARD)


def nested(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """Build what a YAML document may hold."""
    scalars = st.none() | st.booleans() | st.integers() | numbers | TEXT | WORDS
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | WORDS, inner, max_size=4),
        max_leaves=12,
    )


DATA = nested(st.floats(allow_nan=False))
QUICK = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def back(text: str) -> Any:
    """Read what was written."""
    return parse_yaml(text, name="written.yaml")


def same(left: Any, right: Any) -> bool:
    """Compare values and types; -0.0 is not 0.0."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return type(left) is type(right) and left == right


@QUICK
@given(DATA)
def test_round_trip(data: Any) -> None:
    """Whatever is written reads back as the same values, types and order."""
    assert same(data, back(dump_yaml(data)))


@QUICK
@given(DATA)
def test_second_writing_changes_no_byte(data: Any) -> None:
    """Reading and writing again gives the same bytes."""
    text = dump_yaml(data)
    assert text == dump_yaml(back(text))


@QUICK
@given(TEXT | WORDS)
@example("1e3")
@example("0o17")
def test_strings_are_strings_to_a_reader_of_yaml_1_1(text: str) -> None:
    """A string stays one also for tools that still read YAML 1.1."""
    assert [text, {text: text}] == yaml.safe_load(dump_yaml([text, {text: text}]))


@QUICK
@given(DATA)
def test_bytes_are_plain(data: Any) -> None:
    """Written text is UTF-8, has LF only, no byte order mark, and one final newline."""
    text = dump_yaml({"data": data, "end": 1})
    assert "\r" not in text
    assert "\ufeff" not in text
    assert text.endswith("\nend: 1\n")


PART = {"k": [1]}
WRITTEN: dict[str, tuple[Any, str]] = {
    **{
        f"the text of a number stays: {text}": (WrittenFloat(text), text)
        for text in ["1.10", "1E5", "1.0e3", ".5", "+1.5", "1e400"]
    },
    "members stay in order": ({"b": 1, "a": {"z": 1, "y": 2}}, "\n  b: 1\n  a:\n    z: 1\n    y: 2"),
    "a shared part is written out": ([PART, PART], "\n- k:\n  - 1\n- k:\n  - 1"),
    "several lines are a block": ("One.\nTwo.", "|-\n  One.\n  Two."),
    "other alphabets are not escaped": ("印章 é", "印章 é"),
}


@pytest.mark.parametrize(("value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_values_are_written_for_readers(value: Any, text: str) -> None:
    """What a reviewer reads is short, in the vendor's order, and as the vendor wrote it."""
    assert f"a:{'' if text.startswith(chr(10)) else ' '}{text}\n" == dump_yaml({"a": value})


def test_header_is_comments() -> None:
    """Each line of the header becomes a comment on top."""
    assert "# One.\n# Two.\na: 1\n" == dump_yaml({"a": 1}, header="One.\nTwo.")


@QUICK
@given(nested(st.floats(allow_nan=False, allow_infinity=False)))
def test_json_reads_as_yaml(data: Any) -> None:
    """JSON in which every other letter is escaped reads with our loader as JSON does; YAML forbids only the bare DEL."""
    assert same(data, back(json.dumps({"data": data}).replace("\x7f", "\\u007f"))["data"])
