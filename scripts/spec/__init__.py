"""Source and overlays → effective spec, the checks of both, and the records about them: provenance, grades, ledger, coverage."""
