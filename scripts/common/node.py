"""The Node tools, locked in `scripts/node`, on the Node that comes from PyPI."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError
from scripts.common.swap import alone

NODE_FOLDER = ROOT / "scripts" / "node"


def install_node_tools(folder: Path = NODE_FOLDER) -> Path:
    """Install the locked Node tools beside their lock file, once, and return the folder of their commands."""
    lock = (folder / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / ".installed-from"

    def installed() -> bool:
        return stamp.is_file() and stamp.read_bytes() == lock

    if installed():
        return folder / "node_modules" / ".bin"
    with alone(folder / "node_modules"):  # `npm ci` clears the folder, under whoever else is at it
        if not installed():
            print("Installing the Node tools …", file=sys.stderr)
            command = [find_tool("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                found = f"npm ci failed: {done.stderr.strip()[-400:]}"
                raise PipelineError(found, where="scripts/node", todo="Check the network and run again.")
            stamp.write_bytes(lock)
    return folder / "node_modules" / ".bin"


def find_tool(name: str) -> str:
    """Return the path of a Node command, the one installed beside this Python first."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        todo = "Run it through nox, which installs Node from PyPI."
        raise PipelineError(f"{name} is not installed", where="node", todo=todo)
    return found


def run_redocly(files: Mapping[str, str], *arguments: str, where: str) -> dict[str, Any]:
    """Run Redocly on files in a temporary folder and return the report it writes in JSON.

    Raises:
        PipelineError: the tool is not installed or gives no report.
    """
    cli = install_node_tools().parent / "@redocly" / "cli" / "bin" / "cli.js"
    node = find_tool("node")
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory(prefix="redocly-") as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        command = [node, str(cli), *arguments, "--format=json"]
        environment = {"PATH": str(Path(node).parent), **quiet}
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    try:
        report: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
    except ValueError:
        found = f"redocly {arguments[0]} gave no report: {(done.stderr or done.stdout).strip()[-400:]}"
        raise PipelineError(found, where=where, todo="Check the version in scripts/node/package.json.") from None
    return report
