"""The README's first call works as written, against the sandbox it names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from scripts.common.layout import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def address() -> Iterator[str]:
    """Start the sandbox on a free port and return its address."""
    command = [sys.executable, "-m", "loyalty_sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        found = re.search(r"http://[\d.:]+", process.stdout.readline() if process.stdout else "")
        assert found
        yield found[0]
        process.terminate()


def test_the_first_call_works_as_written(address: str) -> None:
    """With the printed settings, the printed program finds the sandbox's guest and ends without an error."""
    settings = dict(re.findall(r"^export (\w+)=(\S+)", blocks("sh")[0], re.MULTILINE))
    settings["STAMPEDE_BASE_URL"] = settings["STAMPEDE_BASE_URL"].replace("http://127.0.0.1:8400", address)
    command = [sys.executable, "-W", "error", "-c", blocks("python")[0]]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert (0, "", "ada@example.com\n") == (done.returncode, done.stderr, done.stdout)


def test_the_readme_names_the_sandbox_s_own_port() -> None:
    """Whoever copies the settings reaches the sandbox that was started without options."""
    command = [sys.executable, "-m", "loyalty_sandbox", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "default: 8400" in " ".join(told.split())
    assert "http://127.0.0.1:8400/stampede" in blocks("sh")[0]
