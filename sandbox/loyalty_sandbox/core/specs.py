"""Where effective specs are: inside the installed package, in `generated/` of a checkout, or any file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .problems import SandboxError
from .spec import Spec
from .yaml_files import read_yaml

_PACKAGED = Path(__file__).parents[1] / "specs"
_CHECKOUT = Path(__file__).parents[3] / "generated"


def spec_slugs() -> list[str]:
    """List the vendors that have an effective spec."""
    packaged = [path.stem for path in _PACKAGED.glob("*.yaml")]
    return sorted({*packaged, *(path.parent.name for path in _CHECKOUT.glob("*/openapi.yaml"))})


def read_spec(slug: str, path: Path | None = None) -> Spec:
    """Read the effective spec of a vendor, or the given file; raises `SandboxError` when there is none or it cannot be used."""
    candidates = [path] if path else [_PACKAGED / f"{slug}.yaml", _CHECKOUT / slug / "openapi.yaml"]
    found = next((each for each in candidates if each.is_file()), None)
    if found is None:
        places = " or ".join(str(each) for each in candidates)
        raise SandboxError(
            f"{slug}: there is no spec at {places}; give a file with --spec, or run `nox -s regenerate`."
        )
    return _read(found, found.stat().st_mtime_ns)


@cache
def _read(path: Path, changed: int) -> Spec:
    """Read a file once as long as it does not change; nobody changes what it returns."""
    document = read_yaml(path)
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(document, dict) or version is None:
        raise SandboxError(f"{path}: is no OpenAPI document (it has no member `openapi`); give one of version 3.1.")
    if not str(version).startswith(("3.1", "3.2")):
        raise SandboxError(
            f"{path}: is OpenAPI {str(version)[:20]}; the sandbox reads 3.1, which `nox -s regenerate` writes."
        )
    if not isinstance(document.get("paths"), dict) or not document["paths"]:
        raise SandboxError(f"{path}: has no paths, so there is nothing to serve.")
    try:
        return Spec(document)
    except SandboxError as error:
        raise SandboxError(f"{path}: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"{path}: is no valid OpenAPI document ({error}); check it with a validator.") from error
