"""The documentation as a site: complete, every page reachable, nothing loaded from elsewhere."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import tomllib

import pytest

from scripts.common.document import operations
from scripts.common.layout import ROOT, Vendor, find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.reference.pages import vendor_page
from scripts.reference.python_calls import read_calls


@pytest.mark.parametrize("slug", [vendor.slug for vendor in find_vendors()])
def test_every_call_is_there_as_users_write_it(slug: str) -> None:
    """Each operation has its Python signature and three ways to call it."""
    vendor = Vendor(slug)
    told = html.unescape(vendor_page(vendor))
    blocks = re.findall(r'<figcaption>(.*?) <button.*?<pre tabindex="0">(.*?)</pre>', told, re.DOTALL)
    signatures = [text for title, text in blocks if title == "Signature"]
    calls = read_calls(vendor.generated / vendor.client_package)
    assert sorted(call.signature for call in calls.values()) == sorted(signatures)
    count = len(operations(load_yaml(vendor.generated / "openapi.yaml")))
    assert [count] * 3 == [sum(title == way for title, _ in blocks) for way in ("Python", "Python, async", "curl")]


def test_members_have_their_python_names() -> None:
    """Where the name in Python is another than on the wire, the page says both."""
    assert re.search(
        r'<code class="name">_id</code> <span class="soft">in Python <code>id</code>', vendor_page(Vendor("pepper"))
    )


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
