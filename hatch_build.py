"""What a build adds: the sandbox's reference pages, and the addresses of the repository the package is built from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PAGES = "sandbox/loyalty_sandbox/pages/reference"


class ProjectAddresses(MetadataHookInterface):
    """Name the repository in the metadata: a fork's package leads to the fork, and nothing leads to an address nobody owns."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `urls` from what the workflow says it builds, else from git's `origin`; a clone without one has none."""
        origin = ("git", "-C", self.root, "config", "--get", "remote.origin.url")
        if name := os.environ.get("GITHUB_REPOSITORY"):
            address = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
        else:
            done = subprocess.run(origin, capture_output=True, text=True, check=False)
            address = done.stdout.strip().removesuffix(".git").replace("git@github.com:", "https://github.com/")
        pages = {
            "Repository": "",
            "Documentation": "#readme",
            "Issues": "/issues",
            "Changelog": "/blob/main/CHANGELOG.md",
        }
        is_public = address.startswith("https://") and "@" not in address
        metadata["urls"] = {title: address + end for title, end in pages.items()} if is_public else {}


class ReferencePages(BuildHookInterface[Any]):
    """Write one page a vendor; a source archive brings the pages along, so that a wheel made from it needs no specs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the pages where the sandbox looks for them, and have the archive include them.

        Raises:
            RuntimeError: neither the specs nor finished pages are there.
        """
        root = Path(self.root)
        folder = root / PAGES
        if (root / "specs").is_dir() and (root / "scripts" / "reference").is_dir():
            self._render(root, folder, lenient=version == "editable")
        elif not any(folder.glob("*.html")):
            raise RuntimeError(f"{PAGES} is empty and there are no specs to render it from: build from a clone.")
        build_data["artifacts"].append(f"/{PAGES}/*.html")

    def _render(self, root: Path, folder: Path, *, lenient: bool) -> None:
        """Write the pages; an editable install goes on where a spec is broken, as the tools that tell why need it."""
        sys.path.insert(0, self.root)
        try:
            from scripts.common.layout import find_vendors
            from scripts.common.problems import PipelineError
            from scripts.reference.pages import vendor_page

            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.glob("*.html"):
                path.unlink()
            for vendor in find_vendors(root=root):
                try:
                    html = vendor_page(vendor)
                except PipelineError as problem:
                    if not lenient:
                        raise
                    self.app.display_warning(f"no reference page of {vendor.slug}: {problem}")
                else:
                    (folder / f"{vendor.slug}.html").write_text(html, encoding="utf-8", newline="\n")
        finally:
            sys.path.remove(self.root)
