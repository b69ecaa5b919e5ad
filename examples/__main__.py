"""`python -m examples`: start the sandbox, run every example against it, stop it, and say how it went."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from examples.settings import environment, without_vendors
from loyalty_sandbox.core.documents import SandboxError
from loyalty_sandbox.server import running
from loyalty_sandbox.vendors import load_vendors, vendor_slugs
from loyalty_sandbox.world import World

HERE = Path(__file__).parent
OWN = frozenset({"__init__", "__main__", "settings", "celery_tasks"})  # the last one needs a worker
TIMEOUT = 60  # seconds an example may take


def names() -> list[str]:
    """List the examples whose vendors are served: one for each vendor, then those that need all of them."""
    vendors = vendor_slugs()
    found = {path.stem for path in HERE.glob("*.py")} - OWN
    return [*(slug for slug in vendors if slug in found), *sorted(found - set(vendors))]


def run(name: str, variables: dict[str, str]) -> tuple[int, float]:
    """Run one example as its own process, with its output as it comes; returns exit code and seconds."""
    print(f"── {name} " + "─" * (60 - len(name)), flush=True)
    command = [sys.executable, str(HERE / f"{name}.py")]
    paths = os.pathsep.join(path for path in sys.path if path)
    started = time.monotonic()
    try:
        code = subprocess.run(
            command, env={**without_vendors(os.environ), "PYTHONPATH": paths, **variables}, timeout=TIMEOUT, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"{name}: has not ended after {TIMEOUT} seconds", file=sys.stderr)
        code = 124
    return code, time.monotonic() - started


def table(results: list[tuple[str, int, float]]) -> str:
    """Write what became of each example."""
    rows = [
        f"{name:<16} {'ok' if code == 0 else f'failed ({code})':<14} {seconds:5.1f} s"
        for name, code, seconds in results
    ]
    failed = sum(code != 0 for _, code, _ in results)
    return "\n".join([*rows, f"{len(results)} examples, {failed} failed"])


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code, 1 when an example failed."""
    parser = argparse.ArgumentParser(
        prog="python -m examples", description="Run the examples against a sandbox of their own."
    )
    parser.add_argument("names", nargs="*", metavar="example", help=f"one of: {', '.join(names())} (default: all)")
    parser.add_argument(
        "--exports", metavar="URL", help="print what to export to run an example by hand against the sandbox at URL"
    )
    arguments = parser.parse_args(words)
    unknown = sorted(set(arguments.names) - set(names()))
    if unknown:
        parser.error(f"there is no example {unknown[0]!r}; there are: {', '.join(names())}")
    try:
        world = World(load_vendors())
    except SandboxError as error:
        print(f"examples: {error}", file=sys.stderr)
        return 1
    if arguments.exports:
        print(
            "\n".join(
                f"export {name}={shlex.quote(value)}" for name, value in environment(world, arguments.exports).items()
            )
        )
        return 0
    results: list[tuple[str, int, float]] = []
    with running(world) as sandbox:
        variables = environment(world, sandbox.url)
        print(f"Sandbox on {sandbox.url}", flush=True)
        for name in arguments.names or names():
            results.append((name, *run(name, variables)))
    world.close()
    print(f"\n{table(results)}")
    return int(any(code != 0 for _, code, _ in results))


if __name__ == "__main__":
    raise SystemExit(main())
