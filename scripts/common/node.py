"""The Node tools of the pipeline, locked in `scripts/node`, run by the Node that comes from PyPI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from scripts.common.layout import ROOT
from scripts.common.problems import PipelineError

NODE_FOLDER = ROOT / "scripts" / "node"


def install_node_tools(folder: Path = NODE_FOLDER) -> Path:
    """Install the locked Node tools beside their lock file, once, and return the folder of the packages."""
    lock = (folder / "package-lock.json").read_bytes()
    packages = folder / "node_modules"
    stamp = packages / ".installed-from"
    if not stamp.is_file() or stamp.read_bytes() != lock:
        print("Installing the Node tools …", file=sys.stderr)
        command = [find_tool("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            found = f"npm ci failed: {done.stderr.strip()[-400:]}"
            raise PipelineError(found, where="scripts/node", todo="Check the network and run again.")
        stamp.write_bytes(lock)
    return packages


def find_tool(name: str) -> str:
    """Return the path of a Node command, the one installed beside this Python first.

    Raises:
        PipelineError: there is none.
    """
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        todo = "Run this through its nox session, which installs Node from PyPI."
        raise PipelineError(f"{name} is not installed", where="Node", todo=todo)
    return found
