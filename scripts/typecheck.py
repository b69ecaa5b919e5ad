"""`nox -s typecheck`: mypy --strict and pyright over hand-written and generated code."""

from __future__ import annotations

import argparse
import subprocess
import sys

from scripts.common.layout import ROOT, find_vendors
from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import run
from scripts.common.report import console

HAND_WRITTEN = ["scripts", "runtime/loyalty_runtime", "sandbox", "tests", "examples", "benchmarks", "noxfile.py"]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s typecheck --", description="Check hand-written and generated code with mypy --strict and pyright."
    )
    parser.add_argument("vendor", nargs="*", help="only the generated code of these vendors (default: everything)")
    names = parser.parse_args().vendor
    paths = [] if names else HAND_WRITTEN
    for vendor in find_vendors(names):
        paths = [
            *paths,
            *(vendor.show(vendor.generated / name) for name in (vendor.client_package, vendor.models_package)),
        ]
    pyright = str(install_node_tools().parent / "pyright" / "index.js")
    commands = {
        "mypy --strict": [sys.executable, "-m", "mypy"],
        "pyright": [find_tool("node"), pyright, "--level", "error", "--pythonpath", sys.executable],
    }
    failed = 0
    for name, command in commands.items():
        console.print(f"{name}: {len(paths)} roots …")
        failed += subprocess.run([*command, *paths], cwd=ROOT, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(main))
