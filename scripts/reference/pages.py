"""The reference pages of this repository's vendors."""

from __future__ import annotations

from scripts.common.layout import Vendor
from scripts.common.yaml_io import load_yaml
from scripts.reference.python_calls import read_calls
from scripts.reference.render import render
from scripts.spec.bundle import bundle
from scripts.spec.effective import is_download
from scripts.spec.overlay import read_overlays
from scripts.spec.steps import run_steps


def vendor_page(vendor: Vendor) -> str:
    """Return the page of a vendor's committed effective spec, with corrections and the names of its client.

    Raises:
        PipelineError: the effective spec, the source or an overlay cannot be read.
    """
    spec = vendor.generated / "openapi.yaml"
    document = load_yaml(spec, name=vendor.show(spec))
    source = bundle(vendor.source, name=vendor.show(vendor.source), number_keys=is_download(vendor))
    files = vendor.overlays()
    steps, _ = run_steps(source, list(read_overlays(files, [vendor.show(path) for path in files])))
    calls = read_calls(vendor.generated / vendor.client_package)
    return render(document, slug=vendor.slug, calls=calls, steps=steps)
