"""Pepper: definitions of metrics of segments and users, computing them, and what their effects bring about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, LOCATION, PERK, SEGMENT
from pepper_client import Pepper
from tests.sandbox.pepper.refusals import refused
from tests.sandbox.pepper.test_awards import perk_of, points
from tests.sandbox.serving import Sandbox

SEEDED = "0000000000000000000000f5"
OF_SEGMENTS: dict[str, Any] = {"scheduled": False, "factType": "ATV", "query": {}, "periods": ["P7D", "P1W", {}]}
OF_USERS: dict[str, Any] = {"scheduled": False, "realtime": True, "name": "m", "displayName": "M", "effects": []}
METRIC: dict[str, Any] = {"name": "m", "displayName": "M"}


def order(sandbox: Sandbox, user: str = ADA, **metadata: object) -> None:
    """Let a user complete an order at a till."""
    sandbox.admin(
        "POST", "hooks/pepper/action", {"type": "ORDER_COMPLETED", "userId": user, "metadata": dict(metadata)}
    )


def wait(sandbox: Sandbox, admin: Pepper, operation_id: str) -> None:
    """Let an operation end; it leaves no file."""
    sandbox.advance(seconds=2)
    operation = admin.operations.get(operation_id)
    assert ("DONE", None) == (operation.status, operation.result)


def definition_of(admin: Pepper, *metrics: dict[str, Any], **members: object) -> str:
    """Create a definition of user metrics with metrics m0, m1, ..."""
    number = str(admin.metrics_user.create_definition({**OF_USERS, **members}).field_id)
    for place, metric in enumerate(metrics):
        admin.metrics_user.add(number, f"m{place}", {**METRIC, "timeRange": {}, **metric})
    return number


def values(sandbox: Sandbox, admin: Pepper, definition: str, **query: str) -> list[object]:
    """Compute for Ada and return her values."""
    wait(sandbox, admin, admin.metrics_user.compute(definition, user_id=ADA).id)
    return [one.to_dict()["value"] for one in admin.metrics_user.list_values(definition, user_id=ADA, **query)]


def test_segment_definitions_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, listed by schedule, changed, deleted; for administrators."""
    made = admin.metrics_segment.create_definition(OF_SEGMENTS)
    number = str(made.id)
    assert ("SegmentMetric", "ATV", OF_SEGMENTS["periods"]) == (made.metric_class, made.fact_type, made.periods)
    assert "OrderCount" == admin.metrics_segment.update_definition(number, {"factType": "OrderCount"}).fact_type
    assert "OrderCount" == admin.metrics_segment.get_definition(number).fact_type
    listed = [[one.id for one in admin.metrics_segment.list_definitions(scheduled=x)] for x in (True, False)]
    assert [[SEEDED], [number]] == listed
    admin.metrics_segment.delete_definition(number)
    with pytest.raises(NotFoundError):
        admin.metrics_segment.get_definition(number)
    with pytest.raises(PermissionDeniedError):
        ada.metrics_segment.get_definition(SEEDED)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [("OrderCount", [2, 2, 3]), ("TotalSpend", [30.5, 30.5, 130.5]), ("ATV", [15.25, 15.25, 43.5])],
)
def test_segment_figures_are_computed(sandbox: Sandbox, admin: Pepper, fact: str, expected: list[float]) -> None:
    """Of the members' orders in each period; those of others do not count."""
    admin.segments.add_users(SEGMENT, [ADA])
    order(sandbox, total=100)
    sandbox.advance(days=8)
    order(sandbox, total=20)
    order(sandbox, total=10.5)
    order(sandbox, ADMIN, total=1000)
    number = str(admin.metrics_segment.create_definition({**OF_SEGMENTS, "factType": fact}).id)
    wait(sandbox, admin, admin.metrics_segment.compute(number).id)
    figures = [one.to_dict() for one in admin.metrics_segment.list(number)]
    assert (expected, {SEGMENT}) == ([one["value"] for one in figures], {one["segmentId"] for one in figures})
    shown = next(iter(admin.segments.list(include=["metrics"]))).metrics
    assert figures == [one.to_dict() for one in shown]
    chosen = admin.metrics_segment.list(number, metric_id=figures[2]["metricId"])
    assert [expected[2]] == [one.to_dict()["value"] for one in chosen]


def test_figures_are_replaced_and_narrowed(sandbox: Sandbox, admin: Pepper) -> None:
    """Computing again changes values and keeps ids; a segment without members has zeros; deleting takes them along."""
    other = str(admin.segments.create(title="Others", type_="PERSISTENT").id)
    query = {"query": {"segmentIds": [other]}, "periods": ["P7D"], "factType": "ATV"}
    number = str(admin.metrics_segment.create_definition({**OF_SEGMENTS, **query}).id)
    figures = []
    for _ in range(2):
        wait(sandbox, admin, admin.metrics_segment.compute(number).id)
        figures += [[one.to_dict() for one in admin.metrics_segment.list(number)]]
        admin.segments.add_users(other, [ADA])
        order(sandbox, total=3)
    assert [[(other, 0)], [(other, 3)]] == [[(one["segmentId"], one["value"]) for one in page] for page in figures]
    assert figures[0][0]["_id"] == figures[1][0]["_id"]
    admin.metrics_segment.delete_definition(number)
    assert [] == sandbox.documents("pepper", "segment_metrics")


def test_the_same_nonce_is_the_same_computation(admin: Pepper) -> None:
    """Of a segment metric and of a user metric; without one the client makes a new one."""
    for compute in (admin.metrics_segment.compute, admin.metrics_user.compute):
        first, again, new = (
            compute(SEEDED, **({"x_pepper_req_nonce": nonce} if nonce else {})).id for nonce in ("n", "n", "")
        )
        assert (True, False) == (first == again, first == new)


def test_user_definitions_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read with a second id, listed by tag and schedule, changed, deleted; for administrators."""
    number = definition_of(admin, tags=["new"])
    assert (number, number) == (
        admin.metrics_user.get_definition(number).field_id,
        admin.metrics_user.get_definition(number).id,
    )
    changed = admin.metrics_user.update_definition(number, {"name": "n", "recomputeOn": ["CHECKIN"]})
    assert ("n", ["CHECKIN"], "M") == (changed.name, changed.recompute_on, changed.display_name)
    assert [number] == [one.field_id for one in admin.metrics_user.list_definitions(tag="new")]
    assert [SEEDED] == [one.field_id for one in admin.metrics_user.list_definitions(scheduled=True)]
    admin.metrics_user.delete_definition(number)
    with pytest.raises(NotFoundError):
        admin.metrics_user.get_definition(number)
    with pytest.raises(PermissionDeniedError):
        ada.metrics_user.get_definition(SEEDED)


def test_metrics_effects_and_conditions_come_and_go(admin: Pepper) -> None:
    """Each call answers with the definition; what is not there cannot be deleted."""
    users, number = admin.metrics_user, definition_of(admin, {"type": "CHECKIN"}, {"type": "NOOP"})
    assert {"m0", "m1"} == users.get(number).metrics.to_dict().keys()
    assert {"m1"} == users.delete(number, "m0").metrics.to_dict().keys()
    effect = users.add_effect(number, {"type": "ADD_TO_SEGMENT", "segmentId": SEGMENT}).effects[0].to_dict()
    condition = {"metricId": "m1", "operator": "LESS_THAN", "value": 2}
    kept = users.add_condition(number, effect["_id"], condition).effects[0].to_dict()["conditions"][0]
    assert condition.items() <= kept.items()
    assert [] == users.delete_condition(number, effect["_id"], kept["_id"]).effects[0].to_dict()["conditions"]
    assert [] == users.delete_effect(number, effect["_id"]).effects
    calls: list[Callable[[], object]] = [
        lambda: users.delete(number, "m0"),
        lambda: users.delete_effect(number, effect["_id"]),
        lambda: users.add_condition(number, effect["_id"], condition),
    ]
    for call in calls:
        with pytest.raises(NotFoundError):
            call()


def test_parts_name_what_is_there(admin: Pepper) -> None:
    """A perk, a segment, a metric; otherwise 422."""
    users, number = admin.metrics_user, definition_of(admin, {"type": "CHECKIN"})
    effect = users.add_effect(number, {"type": "GRANT_PERK", "perkId": PERK}).effects[0].to_dict()["_id"]
    for wrong in ({"type": "ADD_TO_SEGMENT", "segmentId": PERK}, {"type": "GRANT_PERK", "perkId": SEGMENT}):
        with refused("must be the id"):
            users.add_effect(number, wrong)
    with refused("perkId must be the id"):
        users.add(number, "m1", {**METRIC, "type": "POINTS_EARNED", "timeRange": {}})
    with refused("value must be the id"):
        users.add_condition(number, effect, {"operator": "IS_IN_SEGMENT", "value": LOCATION})
    for condition, words in (
        ({"metricId": "m9", "value": 1}, "metricId must be a metric"),
        ({"metricId": "m0", "value": "1"}, "value is not valid"),
        ({"value": 1}, "metricId is required"),
    ):
        with refused(words):
            users.add_condition(number, effect, {"operator": "EQUAL", **condition})


def test_user_values_are_computed(sandbox: Sandbox, admin: Pepper) -> None:
    """Actions counted, tips and points added up, in a span or in all; the next computation replaces them."""
    number = definition_of(
        admin,
        {"type": "ORDER_COMPLETED", "timeRange": "P1D"},
        {"type": "ORDER_COMPLETED", "timeRange": "always"},
        {"type": "TIPS_GIVEN"},
        {"type": "POINTS_EARNED", "perkId": PERK},
        {"type": "ORDER_COMPLETED", "timeRange": {"from": "2020-01-01", "to": "2020-02-01"}},
    )
    order(sandbox, tip=1.5)
    sandbox.advance(days=2)
    order(sandbox, tip=0.25, total=9)
    admin.awards.grant_point_perk(PERK, user_id=ADA, points=4)
    admin.awards.grant_point_perk(perk_of(admin), user_id=ADA)
    assert [1, 2, 1.75, 4, 0] == values(sandbox, admin, number)
    assert [1.75] == values(sandbox, admin, number, metric_id="m2")
    order(sandbox, tip=1)
    assert [2, 3, 2.75, 4, 0] == values(sandbox, admin, number)


def test_without_a_user_all_are_computed(sandbox: Sandbox, admin: Pepper) -> None:
    """Administrators are no such users; an unknown one is refused."""
    number = definition_of(admin, {"type": "CHECKIN"})
    wait(sandbox, admin, admin.metrics_user.compute(number).id)
    assert [ADA] == [one.to_dict()["userId"] for one in admin.metrics_user.list_values(number)]
    with refused("no user"):
        admin.metrics_user.compute(number, user_id="0" * 24)


def test_effects_follow_conditions(sandbox: Sandbox, admin: Pepper) -> None:
    """Two orders let Ada in, the segment brings a perk once, a third order lets her out."""
    users, perk = admin.metrics_user, perk_of(admin)
    number = definition_of(admin, {"type": "ORDER_COMPLETED"})
    enough, many = ({"metricId": "m0", "operator": "GREATER_THAN", "value": value} for value in (1, 2))
    inside = {"operator": "IS_IN_SEGMENT", "value": SEGMENT}
    for effect, conditions in (
        ({"type": "ADD_TO_SEGMENT", "segmentId": SEGMENT}, [enough]),
        ({"type": "GRANT_PERK", "perkId": perk, "points": 3}, [inside, enough]),
        ({"type": "REMOVE_FROM_SEGMENT", "segmentId": SEGMENT}, [many]),
    ):
        effect_id = users.add_effect(number, effect).effects[-1].to_dict()["_id"]
        for condition in conditions:
            users.add_condition(number, effect_id, condition)
    seen = []
    for _ in range(3):
        order(sandbox)
        values(sandbox, admin, number)
        seen.append((admin.users.get(ADA, include=["segmentIds"]).segment_ids, points(admin).get(perk)))
    assert [([], None), ([SEGMENT], 3), ([], 3)] == seen


@pytest.mark.parametrize(
    ("operator", "value", "joins"),
    [("EQUAL", 1, True), ("EQUAL", 2, False), ("NOT_EQUAL", 2, True), ("LESS_THAN", 1, False), ("LESS_THAN", 2, True)],
)
def test_every_comparison(sandbox: Sandbox, admin: Pepper, operator: str, value: int, joins: bool) -> None:
    """With one order; a condition given at the creation counts like one that is added."""
    condition = {"metricId": "m0", "operator": operator, "value": value}
    effects = [{"type": "ADD_TO_SEGMENT", "segmentId": SEGMENT, "conditions": [condition]}]
    number = definition_of(admin, {"type": "ORDER_COMPLETED"}, effects=effects)
    order(sandbox)
    values(sandbox, admin, number)
    assert ([SEGMENT] if joins else []) == admin.users.get(ADA, include=["segmentIds"]).segment_ids
