"""Spec review: what a change of specs, overlays, evidence or templates does to the wire, to the Python API and to the evidence.

`compare` joins, for one vendor, what `wire`, `python_api`, `actions` and `grades` say of both sides; `causes` and `renames` make one
entry of one cause; `verdict` holds it against accepted breaks and fragments; `markdown` and `preview` show it.

The command is `python -m scripts.review`; nothing here writes outside `build/review/`, but for `changelog`, which writes what it is asked for.
"""
