"""Which operation of the transcription is which of the vendor's file: judged on files as other houses write them, and on doubtful pairs."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from scripts.common.layout import find_vendors
from scripts.common.yaml_io import load_yaml
from scripts.reconcile.match import match_operations
from scripts.reconcile.operation import read_operations
from scripts.spec.upgrade import upgrade
from tests.pipeline.reconcile.foreign import HOUSES, make
from tests.pipeline.reconcile.test_reconcile import document, operation

SLUGS = [vendor.slug for vendor in find_vendors()]


@pytest.mark.parametrize(("slug", "house"), list(product(SLUGS, HOUSES)))
def test_finds_every_operation_of_another_house(slug: str, house: str) -> None:
    """Whatever a file calls its operations, and wherever it has them, each is found where it is, and nothing else."""
    (vendor,) = find_vendors([slug])
    made = make(slug, f"{house}-matched")
    theirs = read_operations(upgrade(made.document, where=house))
    found = match_operations(read_operations(load_yaml(vendor.generated / "openapi.yaml")), theirs)
    wanted = {" ".join(ours): " ".join(there) for ours, there in made.places.items()}
    assert wanted == {match.before.key: match.after.key for match in found.matches}
    assert {" ".join(key) for key in made.missing} == {single.operation.key for single in found.only_before}
    assert 2 == len(found.only_after)


def pairs(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Match two sets of paths and return the partner and the way by the key of the transcription."""
    matching = match_operations(read_operations(document(before)), read_operations(document(after)))
    return {match.before.key: (match.after.key, match.by) for match in matching.matches}


def test_sees_through_swapped_paths() -> None:
    """Two inferred paths that were swapped are found by the titles; the equal paths do not count as right."""
    before = {
        "/grants": {"get": operation("a", "List vouchers of a merchant")},
        "/vouchers": {"get": operation("b", "List grants of a user")},
    }
    after = {
        "/grants": {"get": operation(None, "Get grants of a user")},
        "/vouchers": {"get": operation(None, "Get vouchers of a merchant")},
    }
    assert pairs(before, after) == {
        "GET /grants": ("GET /vouchers", "likeness"),
        "GET /vouchers": ("GET /grants", "likeness"),
    }


def test_uses_the_vendors_titles() -> None:
    """A summary in our words may say little; the vendor's own title, where the transcription has it, decides."""
    before = {"/x": {"post": operation("a", "Start it")}, "/y": {"post": operation("b", "Start the other")}}
    after = {
        "/p": {"put": operation(None, "Compute a Segment Metric")},
        "/q": {"put": operation(None, "Compute a User Metric")},
    }
    assert pairs(before, after) == {}
    before["/x"]["post"]["x-provenance"]["title"] = "Compute a User Metric"
    before["/y"]["post"]["x-provenance"]["title"] = "Compute a Segment Metric"
    assert pairs(before, after) == {"POST /x": ("PUT /q", "title"), "POST /y": ("PUT /p", "title")}


def test_leaves_the_ambiguous_open() -> None:
    """Two equally likely partners are both shown, and neither is taken."""
    before = read_operations(document({"/a": {"get": operation("one", "Get the balance of a card")}}))
    after = read_operations(
        document(
            {
                "/b": {"get": operation("x", "Get the balance of a card")},
                "/c": {"get": operation("y", "Get the balance of a card")},
            }
        )
    )
    matching = match_operations(before, after)
    assert matching.matches == ()
    assert [(other.key, likeness) for other, likeness in matching.only_before[0].candidates] == [
        ("GET /b", 0.76),
        ("GET /c", 0.76),
    ]


def test_counts_the_path_of_the_server() -> None:
    """A prefix that one side writes in the path and the other in the server address is no difference; a real one is."""
    paths = {"/loyalty-api/members": {"get": operation("listMembers", "List members")}}
    before = read_operations(document(paths))
    short = {"/members": {"get": operation("listMembers", "List members")}}
    same = read_operations(document(short, server="https://{host}/loyalty-api/"))
    other = read_operations(document(short, server="/wallet-api"))
    assert before[0].full_shape == same[0].full_shape == "/loyalty-api/members"
    assert other[0].full_shape == "/wallet-api/members"
