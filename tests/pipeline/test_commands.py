"""The commands as a user runs them on bad input: one line, exit code 1, nothing replaced."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, as_completed
from pathlib import Path

import pytest

from scripts import regenerate
from scripts.common.layout import Vendor
from scripts.generate.build_vendor import Result
from tests.pipeline.conftest import Command, assert_refused, contents

Breaker = Callable[[Vendor], None]


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file that has it."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def source(old: str, new: str) -> Breaker:
    """Break the source."""
    return lambda vendor: edit(vendor.source, old, new)


def overlay(old: str, new: str) -> Breaker:
    """Break the overlay."""
    return lambda vendor: edit(vendor.overlays()[0], old, new)


def latin(vendor: Vendor) -> None:
    """Save the source in another encoding."""
    vendor.source.write_bytes(vendor.source.read_text().replace("Acme API", "Café API", 1).encode("latin-1"))


def folder_in_place(vendor: Vendor) -> None:
    """Put a folder where an overlay should be."""
    (vendor.overlay_folder / "20-more.yaml").mkdir()


BAD: dict[str, tuple[Breaker, str]] = {
    "broken YAML": (source("info:", "info: ["), "error: specs/acme/openapi.yaml:"),
    "duplicate key": (
        source("openapi: 3.1.0", "openapi: 3.1.0\nopenapi: 3.1.0"),
        "error: specs/acme/openapi.yaml:2: the key 'openapi' stands twice",
    ),
    "unquoted status": (source("'201'", "201"), "error: specs/acme/openapi.yaml:79: the key '201' is read as int"),
    "dangling reference": (source("schemas/NewMember", "schemas/Nobody"), "error: specs/acme/openapi.yaml, paths/"),
    "not UTF-8": (latin, "error: specs/acme/openapi.yaml: not UTF-8"),
    "paths as a list": (
        source("paths:\n", "paths: []\nx-paths:\n"),
        "error: overlays/acme/10-types.yaml, action 1 (A-01)",
    ),
    "tags as objects": (source("tags: [members]", "tags: [{name: members}]"), "error: effective spec of acme: "),
    "OpenAPI 4": (source("3.1.0", "4.0.0"), "error: specs/acme/openapi.yaml: openapi '4.0.0'. This pipeline reads"),
    "header nobody can send": (
        source("type: http\n      scheme: bearer", "type: apiKey\n      in: header\n      name: a key"),
        "error: effective spec of acme: $['components']['securitySchemes']['token']: 'a key' is no name that a header of HTTP can have",
    ),
    "two calls of one name": (
        source("operationId: createMember", "operationId: listAllMembers\n      x-client-method: list"),
        "error: effective spec of acme: $['paths']['/members']['post']: listAllMembers would be members.list, as listMembers is",
    ),
    "overlay matches nothing": (overlay("'page'", "'pages'"), "error: overlays/acme/10-types.yaml, action 1 (A-01), "),
    "overlay is stale": (
        overlay("x-expect: date", "x-expect: date-time"),
        "error: overlays/acme/10-types.yaml, action 1 (A-01), ",
    ),
    "source gone": (
        lambda vendor: vendor.source.unlink(),
        "error: specs/acme/openapi.yaml: file not found. Restore it, or ",
    ),
    "unknown type": (
        source("type: array", "type: arry"),
        "error: effective spec of acme: $['components']['schemas']['MemberPage']['properties']['members']['type']: 'arry' is not one of",
    ),
    "overlay is a folder": (folder_in_place, "error: "),
}


@pytest.mark.parametrize("action", ["regenerate", "validate"])
def test_a_user_sees_one_line(acme: Vendor, command: Command, action: str) -> None:
    """Run from a shell, with warnings as errors, each command ends with one line and exit code 1."""
    overlay("'page'", "'pages'")(acme)
    assert_refused(command(action, acme.root), BAD["overlay matches nothing"][1])


@pytest.mark.parametrize(("breaker", "start"), BAD.values(), ids=BAD)
def test_regenerate_refuses(acme: Vendor, inline: Command, breaker: Breaker, start: str) -> None:
    """Bad input is one line that names it, and what was generated before stays byte for byte."""
    (acme.generated / "acme_client").mkdir(parents=True)
    (acme.generated / "openapi.yaml").write_text("the one before\n")
    breaker(acme)
    before = contents(acme.root)
    done = inline("regenerate", acme.root)
    assert_refused(done, start)
    assert "━" not in done.stdout, "an empty table stands before the error"
    assert before == contents(acme.root)
    assert ["acme"] == [path.name for path in acme.generated.parent.iterdir()]


@pytest.mark.parametrize("name", ["duplicate key", "overlay matches nothing", "tags as objects", "source gone"])
@pytest.mark.parametrize("action", ["validate", "check"])
def test_other_commands_refuse(acme: Vendor, inline: Command, action: str, name: str) -> None:
    """Validating and checking bad input is one line as well, and writes nothing."""
    breaker, start = BAD[name]
    breaker(acme)
    subject = start.replace("effective spec of acme", "acme") if action == "validate" else start
    before = contents(acme.root)
    assert_refused(inline(action, acme.root), subject)
    assert before == contents(acme.root)


@pytest.mark.parametrize("action", ["regenerate", "validate", "check"])
def test_unknown_vendor(acme: Vendor, inline: Command, action: str) -> None:
    """A misspelt vendor is named with the known ones."""
    assert_refused(inline(action, acme.root, "acne"), "error: specs: unknown vendor 'acne'. Known vendors: acme.")


def test_no_vendor(tmp_path: Path, inline: Command) -> None:
    """A folder without specs is no success."""
    assert_refused(inline("regenerate", tmp_path), "error: specs: no vendor has a spec.")


def test_file_in_the_place_of_the_output(acme: Vendor, inline: Command) -> None:
    """When the folder cannot be made, nothing is replaced."""
    (acme.root / "generated").write_text("a file\n")
    assert_refused(inline("regenerate", acme.root), "error: generated/acme: ")
    assert "a file\n" == (acme.root / "generated").read_text()


def test_effective_only_refuses_before_it_writes(acme: Vendor, inline: Command) -> None:
    """The shortcut for work on a spec checks first and writes then."""
    acme.generated.mkdir(parents=True)
    (acme.generated / "openapi.yaml").write_text("the one before\n")
    overlay("'page'", "'pages'")(acme)
    assert_refused(inline("regenerate", acme.root, "--effective-only"), "error: overlays/acme/10-types.yaml, action 1")
    assert {"openapi.yaml": b"the one before\n"} == contents(acme.generated)


def test_validate_accepts(acme: Vendor, inline: Command) -> None:
    """Good input prints the ledger and nothing on stderr."""
    done = inline("validate", acme.root)
    assert (0, "") == (done.returncode, done.stderr)
    assert "A-01" in done.stdout


def test_an_interrupt_says_what_was_replaced(acme: Vendor, inline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted command names the folders it has replaced, and replaces none afterwards."""
    shutil.copytree(acme.specs, acme.root / "specs" / "late")
    replaced: list[str] = []
    interrupted = threading.Event()

    def replace(vendor: Vendor, *, force: bool, step: Callable[[str], None]) -> Result:
        if vendor.slug == "late":
            interrupted.wait(20)
        step("swap")
        replaced.append(vendor.slug)
        return Result(vendor.slug, 3, 4, 2, 1, 0.0)

    def interrupt(jobs: Iterable[Future[Result]]) -> None:
        next(as_completed(jobs))
        # The command has seen the interrupt by the time the late vendor goes on.
        threading.Timer(0.2, interrupted.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(regenerate, "regenerate_vendor", replace)
    monkeypatch.setattr(regenerate, "wait", interrupt)
    done = inline("regenerate", acme.root)
    expected = "error: interrupted. Replaced before it: generated/acme.\n"
    assert (130, expected, ["acme"]) == (done.returncode, done.stderr, replaced)


@pytest.mark.parametrize(("stream", "shown"), [("", b"? ?"), (">&-", b"")])
def test_a_terminal_that_lacks_characters_or_is_closed(stream: str, shown: bytes) -> None:
    """An ASCII terminal shows a question mark, a closed one nothing; the command goes on."""
    program = "from scripts.common.report import console; console.print('… é'); print('é')"
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {stream}', sys.executable, program],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert (0, b"", shown) == (done.returncode, done.stderr, done.stdout[:3])
