"""The Node tools, locked in `scripts/node`, on the Node that comes from PyPI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError

NODE_FOLDER = ROOT / "scripts" / "node"


def install_node_tools(folder: Path = NODE_FOLDER) -> Path:
    """Install the locked Node tools beside their lock file, once, and return the folder of their commands."""
    lock = (folder / "package-lock.json").read_bytes()
    stamp = folder / "node_modules" / ".installed-from"
    if not stamp.is_file() or stamp.read_bytes() != lock:
        print("Installing the Node tools …", file=sys.stderr)
        done = subprocess.run(
            [find_tool("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PipelineError(
                f"npm ci failed: {done.stderr.strip()[-400:]}",
                where="scripts/node",
                todo="Check the network and run again.",
            )
        stamp.write_bytes(lock)
    return folder / "node_modules" / ".bin"


def find_tool(name: str) -> str:
    """Return the path of a Node command, the one installed beside this Python first."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        raise PipelineError(
            f"{name} is not installed",
            where="node",
            todo="Run it through nox, which installs Node from PyPI.",
        )
    return found
