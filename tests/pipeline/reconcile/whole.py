"""The whole road in a copy of the repository: `nox -s replacement`; REPLACEMENT_SEEDS names vendors and seeds, as `pepper-2 pepper-3`.

It takes minutes for each seed, so no other run collects it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common.layout import ROOT
from tests.pipeline.reconcile.plausible import CHANGES, Made, make

SEEDS = tuple((os.environ.get("REPLACEMENT_SEEDS") or "pepper-0 pepper-1 pepper-2").split())
MOST_LEFT = 10
PLACELESS = re.compile(r"\.(\w+): the vendor's path (\S+) has no place for")
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


@pytest.fixture(params=SEEDS)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Made, Path]:
    """Copy the repository and write the vendor's file of one seed; return the vendor, the file and the copy."""
    slug, _, seed = request.param.rpartition("-")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    copied = tmp_path / "repository"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copied / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copied / name)
    file = make(slug, int(seed))
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


def correct_table(copied: Path, slug: str, made: Made) -> int:
    """Write the methods and paths of the moved operations into the client's table, as a person does; return how many."""
    table = copied / "tests" / "fixtures" / slug / "operations.yaml"
    text, count = table.read_text(encoding="utf-8"), 0
    for (method, path), (new_method, new_path) in made.places.items():
        if (method, path) not in made.changed:
            continue
        values = re.sub(r"\{\w+\}", r"(\\S+?)", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))

        def there(found: re.Match[str], target: str = f"{new_method} {new_path}") -> str:
            parts = iter(found.groups())
            return "    sends: " + re.sub(r"\{\w+\}", lambda _: next(parts), target) + "\n"

        text, changes = re.subn(rf"    sends: {method} {values}\n", there, text, count=1)
        count += changes
    table.write_text(text, encoding="utf-8")
    return count


def correct_arguments(copied: Path, slug: str, said: str) -> None:
    """Take the arguments that the vendor's paths have no place for from the client's table, as a person does who read the report."""
    table = copied / "tests" / "fixtures" / slug / "operations.yaml"
    text = table.read_text(encoding="utf-8")
    for method, path in PLACELESS.findall(said):
        sent = f"{method.upper()} {re.sub(r'{[^{}]*}', '[^/ ]+', path)}"
        row = rf"    path: \[(.+), [^,\n]+\]\n    sends: ({sent})/[^/\n]+\n"
        text, changes = re.subn(row, r"    path: [\1]\n    sends: \2\n", text)
        assert changes == 1, row
    table.write_text(text, encoding="utf-8")


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
    assert CHANGES == correct_table(copied, slug, file)
    correct_arguments(copied, slug, said)
    written = texts(copied)
    # The check of the command: regenerate, validate, sandbox, the client's tests.
    said = run(copied, "-m", "scripts.reconcile", slug, "--apply")
    print(said)
    assert " passed" in said
    assert written == texts(copied)  # a second run finds everything done
    assert "200" in run(copied, "-c", ASKED, slug)


def texts(copied: Path) -> dict[str, bytes]:
    """Return what people keep: specs and overlays of the copy."""
    folders = (copied / "specs", copied / "overlays")
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
