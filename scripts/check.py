"""`nox -s check`: prove that regenerating would change no byte."""

from __future__ import annotations

import sys

from scripts.common.layout import find_vendors, vendors_parser
from scripts.common.problems import run
from scripts.regenerate import check


def main() -> int:
    """Run from the command line."""
    options = vendors_parser("check", "Regenerate into a temporary folder and compare every byte.").parse_args()
    root = options.root.resolve()
    return check(find_vendors(options.vendor, root=root), root)


if __name__ == "__main__":
    sys.exit(run(main))
