"""The documentation as a site: complete, every page reachable, nothing loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

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


BUILD = """
import sys
from importlib.metadata import packages_distributions
started = set(sys.modules)
from scripts.common.layout import Vendor
from scripts.reference.pages import vendor_page
vendor_page(Vendor("stampede"))
known = packages_distributions()
names = {module.partition(".")[0] for module in sys.modules.keys() - started}
print(*{known[name][0].lower() for name in names & known.keys()})
"""


def test_a_build_brings_all_that_the_pages_need() -> None:
    """A package is built in an environment of its own, which has what `build-system` names and what that needs."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=ROOT, capture_output=True, text=True, check=True)
    below = {
        "iregexp-check",
        "markupsafe",
        "mdurl",
        "regex",
        "typing_extensions",
    }  # what those need, or use where it is
    assert set() == set(done.stdout.split()) - {line.partition("==")[0] for line in asked} - below
