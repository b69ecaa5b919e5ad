"""What vendors document beyond their specs: each package here, named like it, adds that to one vendor. A spec alone is a vendor, too."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

from ..core.documents import SandboxError
from ..core.spec import read_spec, spec_slugs
from ..core.vendor import Vendor

vendor_slugs = spec_slugs


def load_vendors(slugs: list[str] | None = None) -> list[Vendor]:
    """Load vendors, all of them by default; raises `SandboxError` for an unknown one."""
    known = vendor_slugs()
    for slug in slugs or []:
        if slug not in known:
            served = f"there are: {', '.join(known)}. A file is served by --spec"
            raise SandboxError(f"There is no vendor {slug[:40]!r}; {served}.")
    return [_load(slug) for slug in dict.fromkeys(slugs or known)]


def vendor_of(path: Path) -> Vendor:
    """Make a vendor of an OpenAPI file; its name comes from the file, or from the folder of an `openapi.yaml`."""
    name = path.resolve().parent.name if path.stem == "openapi" else path.stem
    return _plain(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "spec", path)


def _load(slug: str) -> Vendor:
    if slug in {module.name for module in pkgutil.iter_modules(__path__)}:
        package = importlib.import_module(f"{__name__}.{slug}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        vendor: Vendor = getattr(package, slug)
        return vendor
    return _plain(slug, None)


def _plain(slug: str, path: Path | None) -> Vendor:
    info = read_spec(slug, path).document.get("info")
    return Vendor(slug, str(info.get("title", slug)) if isinstance(info, dict) else slug, spec=path)
