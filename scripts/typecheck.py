"""`nox -s typecheck`: mypy --strict and pyright over hand-written and generated code."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import run
from scripts.common.report import console, print_table

HAND_WRITTEN = ("scripts", "runtime/loyalty_runtime", "sandbox", "tests", "examples", "benchmarks", "noxfile.py")


def targets(vendors: list[Vendor], *, everything: bool) -> list[str]:
    """List what is checked: generated packages of the vendors, and all hand-written code unless a vendor was named."""
    generated = [
        vendor.show(vendor.generated / package)
        for vendor in vendors
        for package in (vendor.client_package, vendor.models_package)
    ]
    written = [name for name in HAND_WRITTEN if (ROOT / name).exists()] if everything else []
    return [*written, *generated]


def run_mypy(paths: list[str]) -> tuple[int, str]:
    """Run mypy --strict and return the number of errors and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = sum(": error:" in line for line in done.stdout.splitlines())
    return errors or int(done.returncode != 0), done.stdout + done.stderr


def run_pyright(paths: list[str]) -> tuple[int, str]:
    """Run pyright and return the number of errors and the errors themselves."""
    script = install_node_tools().parent / "pyright" / "index.js"
    command = [find_tool("node"), str(script), "--outputjson", "--pythonpath", sys.executable, *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["generalDiagnostics"]
    except (ValueError, KeyError):
        return 1, done.stdout + done.stderr
    lines = [
        f"{Path(item['file']).relative_to(ROOT)}:{item['range']['start']['line'] + 1}: {' '.join(item['message'].split())} [{item.get('rule', 'pyright')}]"
        for item in found
        if item["severity"] == "error"
    ]
    return len(lines), "\n".join(lines)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s typecheck --", description="Check hand-written and generated code with mypy --strict and pyright."
    )
    parser.add_argument("vendor", nargs="*", help="only the generated code of these vendors (default: everything)")
    names = parser.parse_args().vendor
    paths = targets(find_vendors(names), everything=not names)
    rows = []
    for name, check in (("mypy --strict", run_mypy), ("pyright", run_pyright)):
        console.print(f"{name}: {len(paths)} roots …")
        errors, output = check(paths)
        if errors:
            print(output, file=sys.stderr)
        rows.append((name, len(paths), errors))
    print_table("Type checked", ["checker", "roots", "errors"], rows, right=["roots", "errors"])
    return 1 if any(errors for _, _, errors in rows) else 0


if __name__ == "__main__":
    sys.exit(run(main))
