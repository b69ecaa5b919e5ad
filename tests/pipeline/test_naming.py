"""Names of the facade."""

from __future__ import annotations

import pytest

from scripts.generate.naming import class_stem, method_names, resource_name


@pytest.mark.parametrize(
    ("tag", "attribute", "stem"),
    [
        ("guests", "guests", "Guests"),
        ("Payment Cards", "payment_cards", "PaymentCards"),
        ("import", "import_", "Import"),
    ],
)
def test_a_tag_names_its_resource(tag: str, attribute: str, stem: str) -> None:
    """A tag becomes an attribute that Python accepts, and a class name."""
    assert (attribute, stem) == (resource_name(tag), class_stem(tag))


@pytest.mark.parametrize(
    ("tag", "operations", "expected"),
    [
        ("guests", ["listGuests", "getGuest", "createGuest"], ["list", "get", "create"]),
        ("orders", ["listGuestOrders", "createGuestOrder"], ["list", "create"]),
        ("campaign", ["getCampaign", "getCampaigns", "deleteCampaign"], ["get_campaign", "get_campaigns", "delete"]),
        ("awards", ["addStamps", "cancelAward"], ["add_stamps", "cancel"]),
        ("users", ["deleteUser", "deleteUserPhoto"], ["delete", "delete_photo"]),
        ("categories", ["listCategories", "getCategory"], ["list", "get"]),
        ("Addresses", ["createUserAddress"], ["create"]),
        ("actions", ["listActions", "listActionsForUser"], ["list", "list_for_user"]),
        ("jobs", ["import"], ["import_"]),
    ],
)
def test_methods_are_verbs_where_they_can_be(tag: str, operations: list[str], expected: list[str]) -> None:
    """A method is its verb alone if the operationId names the resource and no other method has that verb."""
    assert expected == list(method_names(tag, operations).values())
