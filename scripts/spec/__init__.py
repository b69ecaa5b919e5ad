"""Source + overlays → effective spec, and the checks of both."""
