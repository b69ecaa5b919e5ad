"""The engine: an effective spec as a vendor with state. It knows no vendor and no page."""
