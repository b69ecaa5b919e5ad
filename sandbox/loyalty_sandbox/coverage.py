"""`python -m loyalty_sandbox.coverage`: how many operations of each vendor have state, as a table."""

from __future__ import annotations

import sys

from .core.clock import Clock
from .core.engine import Engine
from .core.limits import Limits
from .core.problems import SandboxError
from .core.store import Store
from .vendors import load_vendors


def table() -> str:
    """Write a Markdown table; an operation with state is handled by a vendor module or derived from the spec."""
    lines = [
        "| vendor | operations | stateful | by a vendor module | derived from the spec | example |",
        "| --- " * 6 + "|",
    ]
    clock = Clock()
    for vendor in load_vendors():
        engine = Engine(vendor, Store(), clock, Limits(clock))
        stateful = [name for name in engine.operations if engine.behaviour(name) == "stateful"]
        own = [name for name in stateful if name in vendor.handlers]
        total = len(engine.operations)
        share = f"{len(stateful)} ({100 * len(stateful) // total} %)"
        lines.append(
            f"| `{vendor.slug}` | {total} | {share} | {len(own)} | {len(stateful) - len(own)} | {total - len(stateful)} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run the command; returns the exit code."""
    try:
        print(table())
    except SandboxError as error:
        print(f"loyalty_sandbox.coverage: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
