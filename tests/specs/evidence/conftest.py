"""The evidence of each vendor against its effective spec, compared once."""

from __future__ import annotations

import pytest

from scripts.common.layout import Vendor
from scripts.evidence_coverage.judge import Coverage
from scripts.evidence_coverage.read import Evidence
from scripts.spec.effective import Effective, is_download
from tests.specs.evidence.made import coverage_of, effective_of, evidence_of


@pytest.fixture
def effective(vendor: Vendor) -> Effective:
    """Return the effective spec of a vendor, as long as its source is the transcription of the evidence."""
    if is_download(vendor):
        pytest.skip("the source is the vendor's own file; `nox -s reconcile` compares it with the transcription")
    return effective_of(vendor)


@pytest.fixture
def evidence(vendor: Vendor) -> list[Evidence]:
    """Return what the evidence says of every operation of a vendor."""
    return evidence_of(vendor)


@pytest.fixture
def coverage(vendor: Vendor, effective: Effective) -> Coverage:
    """Return the comparison of a vendor's evidence with its effective spec."""
    return coverage_of(vendor)
