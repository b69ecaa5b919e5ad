"""`python -m scripts.reference`: write the reference pages of vendors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import run
from scripts.reference.pages import vendor_page


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reference", description="Write reference pages as HTML.")
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "reference", help="folder to write to")
    options = parser.parse_args(argv)
    pages = {vendor.slug: vendor_page(vendor) for vendor in find_vendors(options.vendor)}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, html in pages.items():
        (options.out / f"{name}.html").write_text(html, encoding="utf-8", newline="\n")
    print(f"{len(pages)} {'page' if len(pages) == 1 else 'pages'} written to {options.out.name}: {', '.join(pages)}.")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
