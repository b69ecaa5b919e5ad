"""Any document: what our generator, stock openapi-python-client and openapi-generator make of the same files.

`python -m benchmarks.documents FILE…` prints a table in Markdown, a line a document: operations that are made, or why none is, and whether the package imports.
The documents are only read; nothing of them is kept.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.environments import Environment, clean_environment, make
from benchmarks.peers import LOCKS, OPENAPI_GENERATOR, STOCK, generate
from scripts.common.problems import PipelineError, run
from scripts.trial.fleet import judge_each
from scripts.trial.judge import read_document

_IMPORT = (
    "import importlib, pkgutil, sys; sys.path.insert(0, sys.argv[1]); package = importlib.import_module(sys.argv[2]);"
    "[importlib.import_module(item.name) for item in pkgutil.walk_packages(package.__path__, package.__name__ + '.')]"
)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.documents", description=__doc__)
    parser.add_argument("document", nargs="+", help="files in JSON or YAML, also gzip")
    names: list[str] = parser.parse_args().document
    print(
        f"| document | operations | ours | {STOCK} | {OPENAPI_GENERATOR} |\n| --- | --- | --- | --- | --- |", flush=True
    )
    for name, verdict in zip(names, judge_each(names, jobs=1), strict=True):
        ours = (
            f"{verdict.conform}, all checked on the wire"
            if verdict.outcome == "works"
            else f"{verdict.outcome}: {verdict.conform}"
        )
        cells = [Path(name).name.removesuffix(".gz"), str(verdict.operations), ours]
        cells += [_peer(peer, name, verdict.operations) for peer in (STOCK, OPENAPI_GENERATOR)]
        print(f"| {' | '.join(cells)} |", flush=True)
    return 0


def _peer(peer: str, name: str, wanted: int) -> str:
    with tempfile.TemporaryDirectory(prefix="documents-") as place:
        plain = Path(place) / Path(name).name.removesuffix(".gz")
        plain.write_bytes(read_document(name))
        package = Path(place) / "made" / "made_client"
        package.parent.mkdir()
        try:
            generate(peer, "made", plain, package)
        except PipelineError as problem:
            return f"none: {_cause(problem, place)}"
        made = len(set(_made(peer, package)))
        done = subprocess.run(
            [str(make(Environment(LOCKS[peer])).python), "-c", _IMPORT, str(package.parent), package.name],
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        imports = "" if done.returncode == 0 else ", does not import"
        return f"{made}{f', {wanted - made} lost' if made < wanted else ''}{imports}"


def _made(peer: str, package: Path) -> Iterator[str]:
    """Yield a name for each operation of a package, read from its files."""
    if peer == STOCK:
        yield from (str(path) for path in package.glob("api/*/*.py") if path.name != "__init__.py")
        return
    for path in package.glob("api/*.py"):
        yield from re.findall(r"def (_\w+_serialize)\(", path.read_text(encoding="utf-8"))


def _cause(problem: PipelineError, place: str) -> str:
    text = problem.found.replace(place, "").replace("|", "/")
    return re.sub(r"\s+", " ", text.partition("the generator failed: ")[2] or text)[:90]


if __name__ == "__main__":
    sys.exit(run(main))
