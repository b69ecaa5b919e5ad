"""Spec review: what a change of specs, overlays, evidence or templates does to the wire, to the Python API and to the evidence.

| module | job |
| --- | --- |
| `model` | one change, its stable id, how much of the version it moves |
| `base` | the files of the base revision, in a temporary folder |
| `side` | one vendor as it stands on one side of the comparison |
| `wire`, `subjects` | operations and schemas (`redocly diff`), named by what they belong to |
| `actions`, `grades`, `findings`, `size` | overlay actions, evidence grades and ledger, lint and readiness, the generated diff |
| `surface`, `python_api` | Python names and signatures (griffe and a snapshot of signatures) |
| `compare` | all of it for one vendor, and for the parts no vendor owns |
| `accepted`, `versioning`, `fragments`, `changelog` | accepted breaks, the version rule, changelog fragments |
| `markdown`, `preview*` | the report and the HTML page of a vendor |
| `post`, `moved` | one comment or issue that is updated, not repeated; the text of the issue when a vendor's file moved |

The command is `python -m scripts.review`; nothing here writes outside `build/review/`, but for `changelog`, which writes what it is asked for.
"""
