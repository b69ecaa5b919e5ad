"""The requests of OrderingStack, derived from `docs/evidence/orderingstack-operations.yaml`.

No path of this vendor is stated: the rows prove that the client sends what the evidence deduces, not that the vendor takes it.
"""

from __future__ import annotations

from pathlib import Path

from tests.clients.evidence import Builder, read_evidence, read_exceptions, read_names

HERE = Path(__file__).parent
BUILDER = Builder(read_names(HERE / "names.yaml"), read_exceptions(HERE / "exceptions.yaml"))
ROWS = [BUILDER.row(entry["operation_id"], entry, entry["params"], {}) for entry in read_evidence("orderingstack")]
