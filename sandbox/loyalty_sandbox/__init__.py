"""Local servers that behave like the four vendors: state, limits, errors and faults on loopback.

`python -m loyalty_sandbox` starts them; `loyalty_sandbox.server.running()` does the same inside a test.
"""

from __future__ import annotations

__all__: list[str] = []
