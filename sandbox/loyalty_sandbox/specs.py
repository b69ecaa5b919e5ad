"""Where effective specs are: inside the installed package, or in `generated/` of a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .documents import Document
from .problems import SandboxError
from .yaml_files import read_yaml

_PACKAGED = Path(__file__).parent / "specs"
_CHECKOUT = Path(__file__).parents[2] / "generated"


def spec_path(slug: str) -> Path:
    """Find the effective spec of a vendor; raises `SandboxError` when there is none."""
    for path in (_PACKAGED / f"{slug}.yaml", _CHECKOUT / slug / "openapi.yaml"):
        if path.is_file():
            return path
    raise SandboxError(
        f"{slug}: no effective spec in {_PACKAGED} or {_CHECKOUT / slug}; run `nox -s regenerate -- {slug}` or leave the vendor out with --vendor."
    )


@cache
def read_spec(slug: str) -> Document:
    """Read the effective spec of a vendor, once; nobody changes what it returns."""
    path = spec_path(slug)
    spec = read_yaml(path)
    if not isinstance(spec, dict) or not isinstance(spec.get("paths"), dict):
        raise SandboxError(f"{path}: is not an OpenAPI document (no paths); run `nox -s regenerate -- {slug}`.")
    return spec
