"""The folders of a new vendor."""
