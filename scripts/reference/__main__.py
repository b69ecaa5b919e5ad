"""`python -m scripts.reference`: write the reference pages of vendors, or of any OpenAPI 3.1 file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.common.layout import ROOT, find_vendors
from scripts.common.problems import PipelineError, run
from scripts.common.yaml_io import load_yaml
from scripts.reference.pages import vendor_page
from scripts.reference.render import render


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reference", description="Write reference pages as HTML.")
    parser.add_argument("vendor", nargs="*", help="only these vendors (default: all)")
    parser.add_argument("--file", type=Path, help="an OpenAPI 3.1 file of any origin, instead of vendors")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "reference", help="folder to write to")
    options = parser.parse_args(argv)
    if options.file is not None:
        document = load_yaml(options.file, name=options.file.name)
        if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3.1"):
            raise PipelineError(
                "it is no OpenAPI 3.1 document",
                where=options.file.name,
                todo="Name a file that starts with openapi: 3.1.",
            )
        pages = {options.file.stem: render(document)}
    else:
        pages = {vendor.slug: vendor_page(vendor) for vendor in find_vendors(options.vendor)}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, html in pages.items():
        (options.out / f"{name}.html").write_text(html, encoding="utf-8", newline="\n")
    print(f"{len(pages)} {'page' if len(pages) == 1 else 'pages'} written to {options.out.name}: {', '.join(pages)}.")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
