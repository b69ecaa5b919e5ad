"""The documentation as a site: complete, every page reachable, nothing loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys

from scripts.common.layout import ROOT, find_vendors


def test_the_site_is_built_without_a_warning_and_every_listed_page_is_there() -> None:
    """The builder checks every link; `llms.txt` names pages that exist, and nothing is loaded from elsewhere."""
    command = [sys.executable, "-m", "scripts.reference.site"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout
    site = ROOT / "build" / "site"
    listed = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text(encoding="utf-8"))
    assert [] == [name for name in listed if not (site / name).is_file()]
    leads = (site / "reference.html").read_text(encoding="utf-8")
    for vendor in find_vendors():
        assert f'href="reference/{vendor.slug}.html"' in leads
        assert (site / "reference" / f"{vendor.slug}.html").is_file()
    page = (site / "quickstart.html").read_text(encoding="utf-8")
    assert [] == re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="https?://[^"]*"', page)
    assert (site / "search.json").stat().st_size
