"""The derived document: an effective spec as the generators can carry it, or every reason why they cannot."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.problems import PipelineError
from scripts.generate.adapt import adapt, operations
from scripts.generate.adapt.walks import Notes
from scripts.spec.outcomes import check_outcomes
from scripts.spec.readiness import check_names, check_readiness
from scripts.spec.shapes import Fault, find_crowded, find_misshapen

SHOWN = 10  # refusals in one message


@dataclass(frozen=True)
class Derived:
    """Hold an adapted document, what was adapted in it, and what no generated code could carry; nothing of it is committed but the list."""

    document: dict[str, Any]
    adapted: list[str]
    refusals: list[Fault]
    thorough: bool = False


def write(faults: Sequence[Fault]) -> list[str]:
    """Write each fault with its place from the root."""
    return [str(fault) for fault in faults]


def derive(
    document: dict[str, Any],
    *,
    where: str,
    more: str = "",
    show: Callable[[Sequence[Fault]], list[str]] = write,
    thorough: bool = False,
    valid: bool = False,
) -> Derived:
    """Adapt an OpenAPI 3.1 document; `more` names the command that lists every refusal, `show` writes each with its file and line.

    Raises:
        PipelineError: what no generated code could carry, the first ten places.
    """
    found = find_refusals(document, thorough=thorough, valid=valid)
    refuse(show(found.refusals), where=where, more=more)
    return found


def find_refusals(document: dict[str, Any], *, thorough: bool = False, valid: bool = False) -> Derived:
    """Adapt an OpenAPI 3.1 document and list everything in it that is refused; `valid` says that its structure was checked."""
    from scripts.spec.structure import (  # slow to import, and only workers need it
        find_faults,
        find_misplaced,
        lost_references,
    )

    unreadable = find_misshapen(document) or find_crowded(document) or lost_references(document)
    if unreadable:
        return Derived(document, [], unreadable)
    made, adapted = adapt(document, thorough=thorough)
    notes = Notes()
    operations.without_faulty_words(made, find_misplaced(made), notes)
    faults = [] if valid else find_faults(made)
    while operations.without_faulty_words(made, faults, notes):
        faults = find_faults(made)
    return Derived(made, [*adapted, *notes.lines], faults or check_readiness(made), thorough)


def find_all(document: dict[str, Any], known: Collection[str] = ()) -> list[Fault]:
    """Return everything for which an effective spec is refused, without those that are `known`.

    It is about its structure, its names, the reads that settle calls, and what no client could carry.
    """
    from scripts.spec.structure import find_faults

    found = [fault for fault in find_faults(document) if str(fault) not in known] or [
        *check_names(document),
        *check_outcomes(document),
        *find_refusals(document, valid=True).refusals,
    ]
    return [fault for fault in found if str(fault) not in known]


def refuse(faults: Sequence[str], *, where: str, more: str = "") -> None:
    """Raise one `PipelineError` of all the faults, the first ten written out; nothing happens where there is none."""
    if faults:
        others, left = list(faults[1:SHOWN]), len(faults) - SHOWN
        if left > 0:
            others.append(f"and {left} more{more and f': {more} lists them'}")
        raise PipelineError(faults[0], where=where, todo="Correct the source, or add an overlay action.", others=others)


def client_of(
    slug: str, derived: Derived, source: dict[str, Any], folder: Path
) -> tuple[Derived, list[dict[str, Any]]]:
    """Generate the client of a document; where the generator loses something, once more from what it needs no rounds to resolve.

    Returns what the client was made of, and its calls.
    """
    from scripts.generate.client import generate_client

    try:
        return derived, generate_client(slug, derived.document, folder)
    except PipelineError:
        shutil.rmtree(folder, ignore_errors=True)
        thorough = derive(source, where=slug, thorough=True)
        return thorough, generate_client(slug, thorough.document, folder)
