"""Spec review: what a change of specs, overlays, evidence or templates does to the wire, to the Python API and to the evidence.

| module | job |
| --- | --- |
| `model` | one change, its stable id, how much of the version it moves |
| `base` | the files of the base revision, in a temporary folder |
| `side` | one vendor as it stands on one side of the comparison |
| `wire`, `members`, `subjects` | operations and schemas (`redocly diff`), renames, named by what they belong to |
| `actions`, `grades`, `findings`, `size` | overlay actions, evidence grades and ledger, lint and readiness, the generated diff |
| `surface`, `signatures`, `python_api` | Python names and signatures, read from the code of both sides |
| `compare` | all of it for one vendor, and for the parts no vendor owns |
| `accepted`, `versioning`, `fragments`, `changelog` | accepted breaks, the version rule, changelog fragments |
| `causes`, `renames` | what follows from one cause is one entry; a rename is one break |
| `markdown`, `advice`, `preview` | the report, what users must do, the reference page of a vendor with its changes |
| `post`, `moved` | one comment or issue that is updated, not repeated; the text of the issue when a vendor's file moved |

The command is `python -m scripts.review`; nothing here writes outside `build/review/`, but for `changelog`, which writes what it is asked for.
"""
