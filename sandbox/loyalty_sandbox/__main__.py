"""`python -m loyalty_sandbox`: serve the vendors on loopback until interrupted."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command; returns the exit code. Without the packages of the extra it says how to get them."""
    try:
        from .command import main as command
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("loyalty_sandbox"):
            raise
        print(
            f"loyalty_sandbox: the package {error.name} is missing; the sandbox is an extra: pip install 'loyalty-clients[sandbox]'",
            file=sys.stderr,
        )
        return 1
    return command()


if __name__ == "__main__":
    raise SystemExit(main())
