"""The error for bad input to the sandbox itself."""

from __future__ import annotations


class SandboxError(Exception):
    """Say in one line what was found, where, and what to do next."""
