"""The pages below `docs/` that the specs give: a section for each vendor, made together with its effective spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from scripts.common.layout import Vendor
from scripts.spec import coverage, outcomes
from scripts.spec.effective import Effective, make_effective

Sections = Mapping[Path, str]

# Where the page lies below the repository → (what it begins with, its section of one vendor).
PAGES: Mapping[Path, tuple[str, Callable[[Effective], str]]] = MappingProxyType(
    {page.TARGET: (page.INTRODUCTION, page.section) for page in (coverage, outcomes)}
)


def make_sections(effective: Effective) -> Sections:
    """Return what each page says of one vendor."""
    return {target: section(effective) for target, (_, section) in PAGES.items()}


def write_pages(vendors: list[Vendor], known: Mapping[str, Sections] = MappingProxyType({})) -> dict[Path, str]:
    """Return the text of each page; `known` holds the sections that are made already, by slug."""
    made = [known.get(vendor.slug) or make_sections(make_effective(vendor)) for vendor in vendors]
    return {
        target: "\n".join([introduction, *(sections[target] for sections in made)]) + "\n"
        for target, (introduction, _) in PAGES.items()
    }
