"""Effective spec → client, models and manifest."""
