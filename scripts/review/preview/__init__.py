"""One self-contained HTML page per vendor: the effective spec, with changes, corrections and grades where they act."""

from __future__ import annotations

from scripts.review.preview.page import write_preview

__all__ = ("write_preview",)
