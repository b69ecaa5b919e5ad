"""Run `redocly diff` on two effective specs; it knows which changes break a request and which a reply."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from scripts.common.node import find_tool, install_node_tools
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import dump_json


def diff_documents(before: dict[str, Any], after: dict[str, Any], *, where: str) -> list[dict[str, Any]]:
    """Return the changes `redocly diff` reports, as it writes them in JSON.

    Raises:
        PipelineError: the tool is not installed or gives no report.
    """
    cli = install_node_tools().parent / "@redocly" / "cli" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory(prefix="review-diff-") as name:
        folder = Path(name)
        (folder / "before.json").write_text(dump_json(before), encoding="utf-8")
        (folder / "after.json").write_text(dump_json(after), encoding="utf-8")
        done = subprocess.run(
            [
                find_tool("node"),
                str(cli),
                "diff",
                "before.json",
                "after.json",
                "--format=json",
                "--fail-on=none",
                "--lint-config=off",
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": str(Path(find_tool("node")).parent),
                "REDOCLY_TELEMETRY": "off",
                "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
                "NO_COLOR": "1",
            },
        )
    try:
        report = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])[0]
        if report["reportVersion"] != "1":
            raise KeyError(report["reportVersion"])
        return list(report["changes"])
    except (ValueError, KeyError):
        found = f"redocly diff gave no report that can be read: {(done.stderr or done.stdout).strip()[-300:]}"
        raise PipelineError(found, where=where, todo="Check the version in scripts/node/package.json.") from None
