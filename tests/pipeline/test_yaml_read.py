"""Reading: what a page says stays as it is written, and what cannot be read is one clear line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml, parse_yaml
from scripts.common.yaml_rules import WrittenFloat


def read(text: str, *, number_keys: bool = False) -> Any:
    """Parse a text under a fixed name."""
    return parse_yaml(text, name="spec.yaml", number_keys=number_keys)


def refusal(text: str, *, number_keys: bool = False) -> str:
    """Return the message with which a text is refused."""
    with pytest.raises(PipelineError) as caught:
        read(text, number_keys=number_keys)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "No",
            "yes",
            "on",
            "off",
            "y",
            "n",
            "12:30",
            "12:30:45",
            "190:20:30",
            "2026-11-21",
            "2026-11-21T10:00:00Z",
        ),
        *(
            "0b101",
            "1_000",
            "0X1F",
            "+.5e",
            ".",
            "1.2.3",
            "=",
            "<<",
            "nULL",
            "tRUE",
            "0o8",
            "-0o7",
            "1e",
            "NaN",
            "inf",
            "+49 30",
        ),
    ],
)
def test_words_and_dates_stay_strings(text: str) -> None:
    """What only YAML 1.1 takes for a boolean, a time, a date or a number is a string."""
    assert {"a": text} == read(f"a: {text}\n")


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null_forms(text: str) -> None:
    """The five ways to write null are null."""
    assert {"a": None} == read(f"a: {text}\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False)],
)
def test_boolean_forms(text: str, value: bool) -> None:
    """Only true and false, in three cases, are booleans."""
    assert value is read(f"a: {text}\n")["a"]


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("-7", -7), ("+7", 7), ("0123", 123), ("0o17", 15), ("0x1F", 31), ("00", 0)]
)
def test_whole_numbers(text: str, value: int) -> None:
    """Whole numbers are decimal unless they start with 0o or 0x; a leading zero is no octal."""
    actual = read(f"a: {text}\n")["a"]
    assert (value, int) == (actual, type(actual))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), (".inf", float("inf")), ("-.INF", float("-inf"))],
)
def test_other_numbers(text: str, value: float) -> None:
    """Numbers with a point or an exponent are floats."""
    actual = read(f"a: {text}\n")["a"]
    assert value == actual
    assert isinstance(actual, float)


def test_not_a_number() -> None:
    """`.nan` is the one value that differs from itself."""
    assert math.isnan(read("a: .NaN\n")["a"])


@pytest.mark.parametrize("text", ["1.10", "1.0e3", "1E5", "3.140", "+1.5", "1e400"])
def test_a_number_keeps_its_text(text: str) -> None:
    """A version such as 1.10 does not become 1.1."""
    actual = read(f"a: {text}\n")["a"]
    assert isinstance(actual, WrittenFloat)
    assert text == actual.text


@pytest.mark.parametrize("text", ["'200'", '"200"', "!!str 200", "'no'", "'1.10'", "'null'"])
def test_quoted_scalars_are_strings(text: str) -> None:
    """Quotes, or the tag !!str, make a string of anything."""
    assert isinstance(read(f"a: {text}\n")["a"], str)


def test_merge_key_is_no_merge() -> None:
    """`<<` is an ordinary key: merging is a habit of YAML 1.1."""
    assert {"a": {"k": 1}, "b": {"<<": {"k": 1}}} == read("a: &x {k: 1}\nb:\n  <<: *x\n")


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_empty_file_is_none(text: str) -> None:
    """A file without content is None, not an error."""
    assert read(text) is None


def test_byte_order_mark_is_ignored() -> None:
    """A byte order mark in front of the text is no part of the first key."""
    assert {"a": 1} == read("\ufeffa: 1\n")


def test_aliases_are_expanded() -> None:
    """An alias reads as a copy of its anchor."""
    assert {"a": {"k": [1]}, "b": {"k": [1]}} == read("a: &x {k: [1]}\nb: *x\n")


def test_aliases_share_nothing() -> None:
    """A change at one alias is not a change at the other."""
    document = read("a: &x {k: [1]}\nb: *x\n")
    document["a"]["k"].append(2)
    assert [1] == document["b"]["k"]


def test_json_with_characters_beyond_the_basic_plane() -> None:
    """JSON's pairs of escapes are one character, and an escaped backslash before them stays."""
    assert {"a": "\U0001f600 \\ud83d\\ude00"} == read(r'{"a": "\ud83d\ude00 \\ud83d\\ude00"}')


def test_json_keeps_solidus_and_tabs() -> None:
    """JSON that is indented with tabs and escapes its slashes reads as JSON."""
    assert {"a": "/x", "b": [1, 2]} == read('{\n\t"a": "\\/x",\n\t"b": [1,\n\t2]\n}')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "spec.yaml:3: the key 'a' stands twice in one mapping. Remove or rename one of them."),
        ("a: 1\n'a': 2\n", "spec.yaml:2: the key 'a' stands twice in one mapping. Remove or rename one of them."),
        (
            '{"a": {"b": 1, "b": 2}}',
            "spec.yaml:1: the key 'b' stands twice in one mapping. Remove or rename one of them.",
        ),
        (
            "responses:\n  200: ok\n",
            "spec.yaml:2: the key '200' is read as int, not as a string. Quote it, as in '200'.",
        ),
        ("1.10: x\n", "spec.yaml:1: the key '1.10' is read as float, not as a string. Quote it, as in '200'."),
        ("true: x\n", "spec.yaml:1: the key 'true' is read as bool, not as a string. Quote it, as in '200'."),
        ("~: x\n", "spec.yaml:1: the key '~' is read as null, not as a string. Quote it, as in '200'."),
        ("? [a]\n: 1\n", "spec.yaml:1: a key is not a plain string. Write keys as strings."),
    ],
)
def test_keys_are_plain_and_unique(text: str, message: str) -> None:
    """A key that is no string, or stands twice, is named with its line."""
    assert message == refusal(text)


def test_words_of_yaml_1_1_are_keys() -> None:
    """`on`, `no` and dates are keys like any other."""
    assert {"on": 1, "no": 2, "2026-11-21": 3, "y": 4} == read("on: 1\nno: 2\n2026-11-21: 3\ny: 4\n")


def test_downloads_may_have_number_keys() -> None:
    """In a file that stays as it came, an unquoted status code is its text."""
    assert {"200": "ok", "1.10": "x"} == read("200: ok\n1.10: x\n", number_keys=True)


def test_number_keys_still_meet() -> None:
    """An unquoted and a quoted key of the same text are one key."""
    assert "spec.yaml:2: the key '200' stands twice in one mapping. Remove or rename one of them." == refusal(
        "200: a\n'200': b\n", number_keys=True
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\n---\nb: 2\n",
            "spec.yaml:2: not valid YAML: expected a single document in the stream, but found another document. ",
        ),
        (
            "a: [1\nb: 2\n",
            "spec.yaml:2: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'. ",
        ),
        (
            "a:\n\tb: 1\n",
            "spec.yaml:2: not valid YAML: while scanning for the next token, found character that cannot start any token. ",
        ),
        ("a: *nobody\n", "spec.yaml:1: not valid YAML: found undefined alias. "),
        ("a: \x07\n", "spec.yaml: not valid YAML: unacceptable character #x0007: control characters are not allowed "),
        (
            r'{"a": "\ud83d"}',
            "spec.yaml:1: not valid YAML: while parsing a quoted scalar, found invalid Unicode character escape code. ",
        ),
        ("a: &x [*x]\n", "spec.yaml:1: an alias refers to itself. Write the part out."),
        ("a: &x {b: {c: *x}}\n", "spec.yaml:1: an alias refers to itself. Write the part out."),
    ],
)
def test_broken_text_is_one_line(text: str, message: str) -> None:
    """What is not one YAML document is refused with file, line and reason."""
    actual = refusal(text)
    assert message == actual[: len(message)]
    assert "\n" not in actual


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("!!python/object/apply:os.system ['true']", "!!python/object/apply:os.system"),
        ("!!python/name:os.system ''", "!!python/name:os.system"),
        ("!local 1", "!local"),
        ("!!timestamp 2026-11-21", "!!timestamp"),
        ("!!timestamp soon", "!!timestamp"),
        ("!!binary aGk=", "!!binary"),
        ("!!set {x}", "!!set"),
        ("!!omap [x: 1]", "!!omap"),
        ("!!bool yes", "!!bool"),
        ("!!bool maybe", "!!bool"),
        ("!!int 1_000", "!!int"),
        ("!!float pi", "!!float"),
        ("!!null nothing", "!!null"),
        ("!!map [1]", "!!map"),
        ("!!seq {a: 1}", "!!seq"),
        ("!!str {a: 1}", "!!str"),
    ],
)
def test_tags_run_nothing(value: str, tag: str) -> None:
    """A tag that would make anything but plain data is refused, whatever text follows."""
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


def test_not_utf_8(tmp_path: Path) -> None:
    """A file in another encoding is refused with the place of the byte."""
    path = tmp_path / "spec.yaml"
    path.write_bytes("title: Café\n".encode("latin-1"))
    with pytest.raises(PipelineError) as caught:
        load_yaml(path, name="specs/acme/spec.yaml")
    assert "specs/acme/spec.yaml: not UTF-8 (byte 10). Save the file as UTF-8." == str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    """A missing file is named by the name the user knows, not by a path of this machine."""
    with pytest.raises(PipelineError) as caught:
        load_yaml(tmp_path / "none.yaml", name="specs/acme/none.yaml")
    assert "specs/acme/none.yaml: file not found. Create it or correct the reference to it." == str(caught.value)
