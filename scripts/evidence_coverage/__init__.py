"""Is every fact of `docs/evidence/<vendor>-operations.yaml` in the effective spec?

`read` turns an entry of the evidence into facts, `subject` finds what a fact is about in a document, `hold` compares,
`judge` says per fact: there, corrected by an overlay (which one is found by applying the actions one by one), or missing.
"""
