"""The pipeline: source spec → overlays → effective spec → client and models.

| module | stage |
| --- | --- |
| `layout` | where things are, which vendors exist |
| `problems` | the one exception, one line per problem |
| `yaml_io` | read and write YAML by the rules of YAML 1.2 |
| `bundle` | join a split source into one document |
| `jsonpath`, `overlay` | RFC 9535 queries, strict Overlay 1.1 |
| `normalise`, `effective` | source + overlays → effective spec |
| `structure`, `readiness`, `lint` | the checks of an effective spec |
| `ledger`, `provenance` | every documented inconsistency, every source file |
| `client`, `models`, `manifest` | generated packages and the hashes they came from |
| `fetch`, `reconcile` | the vendor's own file as source, and what it says about the transcription |
| `regenerate`, `check`, `validate` | the commands behind the nox sessions |

A stage reads only what the stage before it wrote.
"""
