"""The whole road in a copy of the repository: `nox -s replacement`; REPLACEMENT_SEEDS names vendor, house and seed, as `pepper-nest-2`.

It takes minutes for each, so no other run collects it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.common.document import operations
from scripts.common.layout import ROOT
from scripts.common.yaml_io import dump_yaml, load_yaml
from tests.clients.completeness import problems
from tests.clients.vendors import BY_SLUG
from tests.pipeline.reconcile.foreign import Made, make

DEFAULT = "pepper-nest-0 orderingstack-fastapi-0 stampede-swashbuckle-0 stamps-springdoc-0"
SEEDS = tuple((os.environ.get("REPLACEMENT_SEEDS") or DEFAULT).split())
MOST_LEFT = 10
# Starts the sandbox and asks what its start page proposes.
ASKED = """
import re, subprocess, sys, urllib.request
command = [sys.executable, "-m", "loyalty_sandbox", "--vendor", sys.argv[1], "--port", "0"]
server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
try:
    curl = next(found for line in server.stdout if (found := re.search("curl (http[^ ]+)(.*)", line)))
    headers = dict(re.findall("-H '([^:']+): ([^']*)'", curl[2]))
    with urllib.request.urlopen(urllib.request.Request(curl[1], headers=headers), timeout=30) as reply:
        print(curl[1], reply.status)
finally:
    server.terminate()
    server.wait()
"""
# Lists what the table of the client's tests and the new effective spec do not both have.
COMPLETE = """
import sys
from tests.clients.completeness import problems
from tests.clients.test_tables import BY_SLUG, effective_spec
print(*problems(BY_SLUG[sys.argv[1]], effective_spec(sys.argv[1])), sep="\\n", end="")
"""
TABLE = "tests/clients/test_tables.py::test_table_is_complete"
NEW = "the spec has this operation, the table has no row"


@pytest.fixture(params=SEEDS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Made, Path]:
    """Copy the repository and write the vendor's file of one seed; return the vendor, the file and the copy."""
    slug, _, name = request.param.partition("-")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copied = tmp_path / "repository"
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file():
            (copied / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, copied / path)
    # A test that names an operation of its own is about that one: the file has it.
    file = make(slug, name, named="\n".join(test.read_text("utf-8") for test in (ROOT / "tests/clients").glob("*.py")))
    (copied / "vendor.json").write_text(json.dumps(file.document, ensure_ascii=False), encoding="utf-8")
    return slug, file, copied


def run(copied: Path, *command: str) -> str:
    """Run Python in the copy and return what it printed; a failure shows all of it."""
    roots = [copied, copied / "runtime", copied / "sandbox", *sorted((copied / "generated").iterdir())]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))}
    done = subprocess.run(
        [sys.executable, *command], cwd=copied, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def correct_table(copied: Path, slug: str, made: Made) -> None:
    """Correct methods and paths of the client's table where operations moved, and take the rows of those that are missing, as a person does."""
    fixtures = copied / "tests" / "fixtures" / slug
    table = load_yaml(fixtures / "operations.yaml")
    for key in made.missing:
        name = ids_of(slug, [key])[key]
        del table["operations"][name]
        shutil.rmtree(fixtures / name, ignore_errors=True)
        for printed in fixtures.glob(f"printed/{name}.*"):
            printed.unlink()
    for (method, path), name in ids_of(slug, made.changed).items():
        row, target = table["operations"][name], made.places[method, path]
        pattern = re.sub(r"\\\{.*?\\\}", "([^/]+)", re.escape(path))
        values = re.fullmatch(pattern, row["sends"].partition(" ")[2])
        assert values is not None, row
        there, places = target[1], re.findall(r"\{[^{}]*\}", target[1])
        for place, value in zip(places, values.groups(), strict=False):
            there = there.replace(place, value, 1)
        row |= {"sends": f"{target[0]} {there}"} | ({"path": row["path"][: len(places)]} if "path" in row else {})
    (fixtures / "operations.yaml").write_text(dump_yaml(table), encoding="utf-8")


def ids_of(slug: str, keys: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return (method, path) → operationId of some operations."""
    ids = {(method, path): str(item["operationId"]) for method, path, item in operations(spec_of(slug))}
    return {key: ids[key] for key in keys}


def gaps(slug: str, made: Made) -> set[str]:
    """Return what the table of the client's tests would lack without the operations that the file does not have."""
    client, spec = BY_SLUG[slug], spec_of(slug)
    gone = ids_of(slug, made.missing)
    for method, path in gone:
        del spec["paths"][path][method.lower()]
    rows = {name: row for name, row in client.rows.items() if name not in gone.values()}
    return {line.partition(": ")[2] for line in problems(replace(client, rows=rows), spec)}


def spec_of(slug: str) -> dict[str, Any]:
    """Return the effective spec of a vendor before the replacement."""
    return dict(load_yaml(ROOT / "generated" / slug / "openapi.yaml"))


def test_a_vendors_file_replaces_the_transcription(made: tuple[str, Made, Path]) -> None:
    """Fetch and reconcile leave at most ten places to a person; the client's tests pass, save for method and path of what moved."""
    slug, file, copied = made
    publisher = ("--origin", "https://docs.example.com/a.json", "--by", "A. Person")
    print(run(copied, "-m", "scripts.fetch", slug, "--file", "vendor.json", *publisher))
    said = run(copied, "-m", "scripts.reconcile", slug, "--apply", "--no-check")
    print(said)
    left = re.search(r"left to a person: (\d+)", said)
    assert left is not None
    assert int(left[1]) <= MOST_LEFT, said
    correct_table(copied, slug, file)
    written = texts(copied)
    run(copied, "-m", "scripts.reconcile", slug, "--apply", "--no-check")
    assert written == texts(copied)  # a second run finds everything done
    run(copied, "-m", "scripts.regenerate", slug)
    print(run(copied, "-m", "scripts.validate", slug, "--summary"))
    assert "200" in run(copied, "-c", ASKED, slug)
    known = gaps(slug, file) | {NEW}
    lines = run(copied, "-c", COMPLETE, slug).splitlines()
    assert [] == [line for line in lines if line.partition(": ")[2] not in known]
    tests = ("-q", "-n0", "-p", "no:cacheprovider", "tests/clients", "-k", slug, "--deselect", f"{TABLE}[{slug}]")
    print(run(copied, "-m", "pytest", *tests)[-200:])


def texts(copied: Path) -> dict[str, bytes]:
    """Return what people keep: specs and overlays of the copy."""
    folders = (copied / "specs", copied / "overlays")
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
