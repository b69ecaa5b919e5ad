"""One's own account: profile, properties, tags."""

from __future__ import annotations

import datetime

import pytest

from orderingstack_client import OrderingStack
from orderingstack_client.errors import ArgumentError, BadRequestError
from orderingstack_client.models import ProfileSex, PropertiesUpdateProperties


def test_both_routes_read_the_same_account(ada: OrderingStack) -> None:
    """O-04: two operations, one account."""
    assert ada.account.get_own().to_dict() == ada.account.get_own_alternative().to_dict()


def test_a_profile_changes_what_it_names(ada: OrderingStack, operator: OrderingStack) -> None:
    """The rest stays (OC-25), and everybody else sees it too."""
    ada.account.set_own_profile(last_name="King", birthdate=datetime.date(1815, 12, 10), sex=ProfileSex.FEMALE)
    header = operator.account.get("account-0001").to_dict()["header"]
    assert ("Ada", "King", "1815-12-10", "FEMALE") == (
        header["firstName"],
        header["lastName"],
        header["birthdate"],
        header["sex"],
    )


@pytest.mark.parametrize(
    "body", [{"sex": "UNKNOWN"}, {"birthdate": "tomorrow"}, {"firstName": "a" * 129}, {"lastName": None}]
)
def test_a_profile_outside_the_limits_is_refused(ada: OrderingStack, body: dict[str, object]) -> None:
    """400, and nothing changes."""
    before = ada.account.get_own().to_dict()
    with pytest.raises(BadRequestError):
        ada.request("POST", "/loyalty-api/api/me/account", json=body)
    assert before == ada.account.get_own().to_dict()


def test_properties_and_tags(ada: OrderingStack) -> None:
    """Set, kept, removed by null; tags are removed first and added then (OC-25)."""
    changes = PropertiesUpdateProperties.from_dict({"size": 10, "loud": True, "favourite": None, "colour": "red"})
    ada.account.set_own_properties(
        properties=changes, add_tags=["my_tea", "my_tea", "my_tea2"], remove_tags=["my_vegan", "my_tea2"]
    )
    account = ada.account.get_own().to_dict()
    assert {"size": "10", "loud": "true", "colour": "red"} == account["properties"]
    assert ["my_tea", "my_tea2"] == account["tags"]


def test_own_tags_begin_with_my(ada: OrderingStack) -> None:
    """The client refuses other tags before sending, and the vendor does so too (O-31)."""
    with pytest.raises((ArgumentError, BadRequestError)):
        ada.account.set_own_properties(add_tags=["vip"])
    for body in ({"addTags": ["vip"]}, {"removeTags": ["vip"]}, {"addTags": [f"my_{number}" for number in range(17)]}):
        with pytest.raises(BadRequestError):
            ada.request("POST", "/loyalty-api/api/me/account/properties", json=body)
    assert ["my_vegan"] == ada.account.get_own().tags


def test_a_property_that_is_no_text_is_refused(ada: OrderingStack) -> None:
    """Objects and lists do not fit into an account, and nothing of the call is kept."""
    with pytest.raises(BadRequestError):
        ada.request("POST", "/loyalty-api/api/me/account/properties", json={"properties": {"a": "b", "c": {}}})
    assert {"favourite": "espresso"} == ada.account.get_own().to_dict()["properties"]
