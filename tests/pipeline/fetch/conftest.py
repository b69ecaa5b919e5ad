"""A small vendor whose documentation is served on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scripts.common.layout import Vendor
from scripts.common.problems import run
from scripts.fetch.__main__ import main
from scripts.fetch.trial import Judge
from scripts.trial.judge import judge_named
from scripts.trial.verdict import Verdict

PAGES = Path(__file__).parents[2] / "fixtures" / "fetch"

PROVENANCE = """\
vendor = "acme"
kind = "transcribed" # until the vendor's file can be read
title = "Acme Loyalty API"
documentation = "{documentation}"
download = ""
retrieved = 2025-01-02
reviewed = 2025-01-02
terms = "none known"
operations = 4

[[pages]]
address = "https://docs.example.com/api/platform"
read = "in full"

[sha256]
"""

ROOT_FILE = """\
openapi: 3.1.0
info: {title: Artificial loyalty  API, version: 1.4.0}
paths:
  /members: {$ref: 'paths/members.yaml#/~1members'}
"""

MEMBERS_FILE = """\
/members:
  get:
    operationId: listMembers
    responses:
      '200': {description: Members.}
"""


def judge_named_file(path: Path) -> Verdict:
    """Judge a file as the command does, in this process."""
    return judge_named(str(path))


@pytest.fixture
def server(httpserver: HTTPServer) -> HTTPServer:
    """Serve on a free port of this machine; nothing is served at first."""
    return httpserver


@pytest.fixture
def pages() -> Path:
    """Return the folder of built documentation pages."""
    return PAGES


@pytest.fixture
def acme(tmp_path: Path, server: HTTPServer) -> Vendor:
    """Write a transcribed vendor of two files whose documentation is at `/docs` of the server."""
    vendor = Vendor("acme", tmp_path / "repository")
    (vendor.specs / "paths").mkdir(parents=True)
    vendor.source.write_text(ROOT_FILE)
    (vendor.specs / "paths" / "members.yaml").write_text(MEMBERS_FILE)
    vendor.provenance.write_text(PROVENANCE.format(documentation=server.url_for("/docs")))
    return vendor


@pytest.fixture
def tree(acme: Vendor) -> Callable[[], dict[str, bytes | None]]:
    """Return a function that takes a picture of the whole repository: every folder, every file with its bytes."""

    def picture() -> dict[str, bytes | None]:
        return {
            path.relative_to(acme.root).as_posix(): path.read_bytes() if path.is_file() else None
            for path in acme.root.rglob("*")
        }

    return picture


@pytest.fixture
def fetch(acme: Vendor) -> Callable[..., int]:
    """Return a function that runs the command as a user does and returns its exit code."""

    def command(*arguments: str, judge: Judge = judge_named_file) -> int:
        return run(lambda: main(["acme", *arguments], root=acme.root, judge=judge))

    return command
