"""Reading: what a page says stays as it is written, and what cannot be read is one clear line."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scripts.common.problems import PipelineError
from scripts.common.yaml_io import parse_yaml
from scripts.common.yaml_rules import WrittenFloat


def read(text: str) -> Any:
    """Parse a text under a fixed name."""
    return parse_yaml(text, name="spec.yaml")


def refusal(text: str) -> str:
    """Return the message with which a text is refused."""
    with pytest.raises(PipelineError) as caught:
        read(text)
    return str(caught.value)


STRINGS = ["no", "yes", "on", "y", "12:30", "190:20:30", "2026-11-21", "0b101", "1_000", "1.2.3", "<<", "nULL", "0o8"]
VALUES: dict[str, Any] = {
    **{text: text for text in [*STRINGS, "+49 30"]},
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    "0": 0,
    "-7": -7,
    "+7": 7,
    "0123": 123,
    "0o17": 15,
    "0x1F": 31,
    "00": 0,
    "1.5": 1.5,
    "-.5": -0.5,
    "1.": 1.0,
    "1e3": 1000.0,
    ".inf": math.inf,
    "-.INF": -math.inf,
    "'200'": "200",
    '"200"': "200",
    "!!str 200": "200",
    "'no'": "no",
    "'1.10'": "1.10",
    "'null'": "null",
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """Only null, true, false and plain numbers are special: what YAML 1.1 takes for a boolean, a time or a date is a string."""
    actual = read(f"a: {text}\n")["a"]
    assert value == actual
    assert type(value) is type(actual) or isinstance(actual, WrittenFloat)


@pytest.mark.parametrize("text", ["1.10", "1.0e3", "1E5", "3.140", "+1.5", "1e400"])
def test_a_number_keeps_its_text(text: str) -> None:
    """A version such as 1.10 does not become 1.1."""
    actual = read(f"a: {text}\n")["a"]
    assert (WrittenFloat, text) == (type(actual), getattr(actual, "text", None))


DOCUMENTS: dict[str, tuple[str, Any]] = {
    "`<<` is an ordinary key: merging is a habit of YAML 1.1": (
        "a: &x {k: 1}\nb:\n  <<: *x\n",
        {"a": {"k": 1}, "b": {"<<": {"k": 1}}},
    ),
    "empty": ("", None),
    "an empty line": ("\n", None),
    "a comment": ("# only a comment\n", None),
    "an empty document": ("---\n", None),
    "a byte order mark is no part of the first key": ("\ufeffa: 1\n", {"a": 1}),
    "an alias is a copy of its anchor": ("a: &x {k: [1]}\nb: *x\n", {"a": {"k": [1]}, "b": {"k": [1]}}),
    "JSON's pairs of escapes are one character": (
        r'{"a": "\ud83d\ude00 \\ud83d\\ude00"}',
        {"a": "\U0001f600 \\ud83d\\ude00"},
    ),
    "JSON may have tabs and escaped slashes": (
        '{\n\t"a": "\\/x",\n\t"b": [1,\n\t2]\n}',
        {"a": "/x", "b": [1, 2]},
    ),
    "words of YAML 1.1 are keys": (
        "on: 1\nno: 2\n2026-11-21: 3\ny: 4\n",
        {"on": 1, "no": 2, "2026-11-21": 3, "y": 4},
    ),
}


@pytest.mark.parametrize(("text", "value"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents(text: str, value: object) -> None:
    """Documents of the core of YAML 1.2, and JSON, are read as they are."""
    assert value == read(text)


TWICE = "stands twice in one mapping. Remove or rename one of them."
QUOTE = "not as a string. Quote it, as in '200'."
KEYS = [
    ("a: 1\nb: 2\na: 3\n", f"3: the key 'a' {TWICE}"),
    ("a: 1\n'a': 2\n", f"2: the key 'a' {TWICE}"),
    ('{"a": {"b": 1, "b": 2}}', f"1: the key 'b' {TWICE}"),
    ("responses:\n  200: ok\n", f"2: the key '200' is read as int, {QUOTE}"),
    ("1.10: x\n", f"1: the key '1.10' is read as float, {QUOTE}"),
    ("true: x\n", f"1: the key 'true' is read as bool, {QUOTE}"),
    ("~: x\n", f"1: the key '~' is read as null, {QUOTE}"),
    ("? [a]\n: 1\n", "1: a key is not a plain string. Write keys as strings."),
]


@pytest.mark.parametrize(("text", "message"), KEYS)
def test_keys_are_plain_and_unique(text: str, message: str) -> None:
    """A key that is no string, or stands twice, is named with its line."""
    assert f"spec.yaml:{message}" == refusal(text)


INVALID = "not valid YAML:"
BROKEN = [
    ("a: 1\n---\nb: 2\n", f":2: {INVALID} expected a single document in the stream, but found another document. "),
    ("a: [1\nb: 2\n", f":2: {INVALID} while parsing a flow sequence, did not find expected ',' or ']'. "),
    ("a:\n\tb: 1\n", f":2: {INVALID} while scanning for the next token, found character that cannot start any token. "),
    ("a: *nobody\n", f":1: {INVALID} found undefined alias. "),
    ("a: \x07\n", f": {INVALID} unacceptable character #x0007: control characters are not allowed "),
    (r'{"a": "\ud83d"}', f":1: {INVALID} while parsing a quoted scalar, found invalid Unicode character escape code. "),
    ("a: &x [*x]\n", ":1: an alias refers to itself. Write the part out."),
    ("a: &x {b: {c: *x}}\n", ":1: an alias refers to itself. Write the part out."),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_broken_text_is_one_line(text: str, message: str) -> None:
    """What is not one YAML document is refused with file, line and reason."""
    actual = refusal(text)
    assert f"spec.yaml{message}" == actual[: len(message) + 9]
    assert "\n" not in actual


TAGGED = [
    "!!python/object/apply:os.system ['true']",
    "!local 1",
    "!!timestamp 2026-11-21",
    "!!binary aGk=",
    "!!set {x}",
    "!!bool yes",
    "!!int 1_000",
    "!!map [1]",
]


@pytest.mark.parametrize("value", TAGGED)
def test_tags_run_nothing(value: str) -> None:
    """A tag that would make anything but plain data is refused, whatever text follows."""
    tag = value.partition(" ")[0]
    assert f"spec.yaml:1: the tag {tag} does not fit here. Remove the tag; only plain data is read." == refusal(
        f"a: {value}\n"
    )


def test_alias_bomb_is_refused() -> None:
    """Aliases that multiply are counted before anything is built."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)
    ]
    assert "spec.yaml:7: aliases expand to more than 5,000,000 nodes. Write the parts out." == refusal("\n".join(lines))


@pytest.mark.parametrize("piece", ["[", "- ", "{a: ", "? "])
def test_endless_nesting_is_refused(piece: str) -> None:
    """Nesting that would end the process without a word is one line instead."""
    assert (
        "spec.yaml:1: not readable as YAML: it nests deeper than 200 levels. Make parts of it components."
        == refusal(piece * 100_000)
    )


@pytest.mark.parametrize("number", ["9" * 100_000, "0x" + "f" * 100_000])
def test_a_number_without_end_is_refused(number: str) -> None:
    """An integer that Python would not write again is refused where it is read."""
    assert refusal(f"a: {number}\n").startswith("spec.yaml: not readable as YAML: an integer of 100,00")
