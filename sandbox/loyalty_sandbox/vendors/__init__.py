"""The vendors that this sandbox can be: each package here holds one, as `vendor`."""

from __future__ import annotations

import importlib
import pkgutil

from ..problems import SandboxError
from ..vendor import Vendor


def vendor_slugs() -> list[str]:
    """List the vendors that exist."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load_vendors(slugs: list[str] | None = None) -> list[Vendor]:
    """Import vendors, all of them by default; raises `SandboxError` for an unknown one."""
    known = vendor_slugs()
    for slug in slugs or []:
        if slug not in known:
            raise SandboxError(f"There is no vendor {slug[:40]!r}; there are: {', '.join(known)}.")
    return [importlib.import_module(f"{__name__}.{slug}").vendor for slug in dict.fromkeys(slugs or known)]
