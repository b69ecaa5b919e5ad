"""Every test of the specs runs once per vendor, on the effective spec that source and overlays give now."""

from __future__ import annotations

from functools import cache

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.spec.effective import Effective, make_effective


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a vendor every vendor there is."""
    if "vendor" in metafunc.fixturenames:
        metafunc.parametrize("vendor", find_vendors(), ids=lambda vendor: vendor.slug, scope="session")


@cache
def _effective(vendor: Vendor) -> Effective:
    return make_effective(vendor)


@pytest.fixture
def effective(vendor: Vendor) -> Effective:
    """Return the effective spec of a vendor, made once."""
    return _effective(vendor)
