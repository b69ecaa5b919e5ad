"""The version of the distribution, as a constant: reading package metadata at import costs more than the whole package."""

from __future__ import annotations

__version__ = "0.2.0"
