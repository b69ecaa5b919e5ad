"""The whole sandbox without HTTP: what tests and demos make and hand to `running`."""

from __future__ import annotations

from .core.world import World

__all__ = ["World"]
