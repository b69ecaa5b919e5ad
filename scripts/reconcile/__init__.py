"""`nox -s reconcile`: compare the vendor's own file with the transcription it replaced.

| module | job |
| --- | --- |
| `operation` | what is compared of an operation |
| `match` | which operation of the one is which of the other |
| `verdict` | which inferred methods and paths were right |
| `overlays` | which overlay actions still fit |
| `grades` | `specs/<vendor>/grades.yaml`: how sure we are, beside bytes that stay the vendor's |
| `carry` | what the transcription knew and the vendor's file does not say |
| `report` | the comparison as Markdown and JSON |
"""
