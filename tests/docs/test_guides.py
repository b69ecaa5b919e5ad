"""The guides for users run as written: each quickstart against the sandbox it names, and the rest in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from loyalty_sandbox.command import parse_arguments
from loyalty_sandbox.server import Running
from scripts.common.layout import ROOT, find_vendors
from tests.docs.pages import read_part
from tests.sandbox.serving import served

DEFAULT_PORT = parse_arguments([]).port
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# What the first program of a part prints, as an expression: ids are the sandbox's own.
PRINTED = {
    "README": r"ada@example\.com\n",
    "Stampede": r"\S+ grace@example\.com\n",
    "Stamps": r"\d+\n",
    "OrderingStack": r"(account-\d+\n)+",
    "Pepper": r"(\S.*\n)+DONE\n",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    """All vendors."""
    with served() as server:
        yield server


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a part in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("title", PRINTED)
def test_a_quickstart_works_as_written(title: str, sandbox: Running) -> None:
    """With the printed settings, for a sandbox on its own port, the printed program does what it says, and warns of nothing."""
    part = README if title == "README" else read_part(PAGE, title)
    settings = dict(re.findall(r"^export (\w+)=(\S+)", "".join(blocks(part, "sh")), re.MULTILINE))
    assert f"http://127.0.0.1:{DEFAULT_PORT}" in "".join(settings.values())
    settings = {
        name: value.replace(f"http://127.0.0.1:{DEFAULT_PORT}", sandbox.url) for name, value in settings.items()
    }
    command = [sys.executable, "-W", "error", "-c", blocks(part, "python")[0]]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    assert re.fullmatch(PRINTED[title], done.stdout), done.stdout


def test_every_vendor_has_a_quickstart() -> None:
    """Nobody is left out."""
    titles = re.findall(r"(?m)^## (.+)$", PAGE)
    assert {vendor.slug for vendor in find_vendors()} == {title.lower() for title in titles}
    assert ["README", *titles] == list(PRINTED)


@pytest.mark.parametrize("page", ["upgrading.md", "models.md"])
def test_the_examples_of_a_page_run(page: str) -> None:
    """Every block holds, in the order of the page."""
    program = "".join(blocks((ROOT / "docs" / page).read_text(encoding="utf-8"), "python"))
    assert program
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
