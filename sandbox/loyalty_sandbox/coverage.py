"""`python -m loyalty_sandbox.coverage`: how many operations of each vendor have state, as text or as the table of a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from attrs import frozen

from .operations import read_operations
from .problems import SandboxError
from .specs import read_spec
from .vendor import Vendor
from .vendors import load_vendors

BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"


@frozen
class Share:
    """The stateful operations of one vendor, and the names of the others."""

    vendor: str
    stateful: int
    examples: tuple[str, ...]

    @property
    def total(self) -> int:
        """All operations of the effective spec."""
        return self.stateful + len(self.examples)

    @property
    def percent(self) -> str:
        """The share with one digit, rounded down so that 100 means all."""
        return f"{int(1000 * self.stateful / self.total) / 10:.1f} %"


def measure(vendor: Vendor) -> Share:
    """Compare a vendor's handlers with its effective spec."""
    names = [operation.operation_id for operation in read_operations(read_spec(vendor.slug))]
    examples = tuple(name for name in names if name not in vendor.handlers)
    return Share(vendor.slug, len(names) - len(examples), examples)


def table(shares: list[Share]) -> str:
    """Write the shares as a Markdown table."""
    lines = ["| vendor | operations | stateful | share | answered with an example |", "| --- | --- | --- | --- | --- |"]
    for share in shares:
        names = ", ".join(f"`{name}`" for name in share.examples) or "none"
        lines.append(f"| `{share.vendor}` | {share.total} | {share.stateful} | {share.percent} | {names} |")
    return "\n".join(lines)


def replace_table(page: str, new: str) -> str:
    """Put a table between the marks of a page; raises `SandboxError` without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SandboxError(f"The page lacks the marks {BEGIN} and {END}; put them where the table belongs.")
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m loyalty_sandbox.coverage", description="Show which operations have state."
    )
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="write the table into this Markdown page, between its marks"
    )
    parser.add_argument("--check", type=Path, metavar="PAGE", help="fail when the table of this page is out of date")
    arguments = parser.parse_args(words)
    try:
        new = table([measure(vendor) for vendor in load_vendors()])
        print(new)
        for path in filter(None, (arguments.write, arguments.check)):
            old = path.read_text(encoding="utf-8")
            changed = replace_table(old, new)
            if path == arguments.write:
                path.write_text(changed, encoding="utf-8")
            elif old != changed:
                raise SandboxError(
                    f"{path}: the table is out of date; run `python -m loyalty_sandbox.coverage --write {path}`."
                )
    except (SandboxError, OSError) as error:
        print(f"loyalty_sandbox.coverage: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
