"""Pepper: locations, registers, tag groups, delivery, the Apple Pay file."""

from __future__ import annotations

import pytest

from loyalty_runtime import File, NotFoundError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.seed import BOUNDARY, LOCATION, REGISTER
from pepper_client import Pepper
from tests.sandbox.pepper.conftest import MakePepper
from tests.sandbox.serving import Sandbox

SOHO = (51.5074, -0.1276)


def create(admin: Pepper, title: str, *, long: float = 0.0, lat: float = 0.0, **members: object) -> str:
    """Create an active location and return its id."""
    return str(admin.locations.create({"title": title, "geo": [long, lat], "state": "ACTIVE", **members}).id)


def titles(client: Pepper, **filters: object) -> list[str]:
    """Return the titles of a list."""
    return [location.title for location in client.locations.list(**filters)]  # type: ignore[arg-type]


def test_an_update_replaces_arrays_and_maps_whole(admin: Pepper) -> None:
    """Members that are not named stay."""
    admin.locations.update(LOCATION, tags=["tea"], address={"city": "Leeds"})
    kept = admin.locations.get(LOCATION).to_dict()
    assert (["tea"], {"city": "Leeds"}, "Example Café Soho", ["wifi", "parking"]) == (
        kept["tags"],
        kept["address"],
        kept["title"],
        kept["facilities"],
    )


def test_users_see_active_locations(client: MakePepper, admin: Pepper) -> None:
    """A new one is pending, which administrators see."""
    admin.locations.create(title="New", geo=[0.0, 0.0])
    assert (["Example Café Soho"], ["Example Café Soho", "New"]) == (titles(client()), titles(admin))
    assert ["New"] == titles(admin, state="PENDING,RETIRED")


def test_filters_of_locations(admin: Pepper, ada: Pepper) -> None:
    """Parts of titles, tags, services, favourites, and the distance."""
    far = create(admin, "Bar Leeds", long=-1.55, lat=53.8, tags=["gin", "rum"], services={"order_to_table": True})
    assert ["Bar Leeds"] == titles(ada, search="leeds,york")
    assert ["Bar Leeds"] == titles(ada, title="BAR")
    assert (["Bar Leeds"], []) == (titles(ada, tags="gin,rum"), titles(ada, tags="gin,coffee"))
    assert 2 == len(titles(ada, services="order_to_table"))
    assert ["Example Café Soho"] == titles(ada, services="order_to_table,pre_order")
    assert ["Bar Leeds", "Example Café Soho"] == titles(ada, lat=54.0, long=-1.5)
    assert [] == titles(ada, favourites=True)
    ada.users.update(ada.users.list().first_page().items[0].id, favourite_locations=[far])
    assert ["Bar Leeds"] == titles(ada, favourites=True)
    with pytest.raises(UnprocessableEntityError):
        titles(ada, lat=54.0)


def test_lists_hold_optional_members_when_included(ada: Pepper) -> None:
    """The address and the state only come when asked for."""
    plain = ada.locations.list().first_page().items[0].to_dict()
    asked = ada.locations.list(include=["address", "state"]).first_page().items[0].to_dict()
    assert {"address", "state"} == asked.keys() - plain.keys()


def test_a_deleted_location_takes_its_parts_along(admin: Pepper) -> None:
    """It is not found any more, and nor are its registers."""
    admin.locations.delete(LOCATION)
    for call in (lambda: admin.locations.get(LOCATION), lambda: admin.locations.get_register(LOCATION, REGISTER)):
        with pytest.raises(NotFoundError):
            call()


def test_registers_are_kept(admin: Pepper) -> None:
    """Created, changed, listed, deleted below their location."""
    made = admin.locations.create_register(LOCATION, title="Till 2")
    admin.locations.update_register(LOCATION, made["_id"], {"title": "Till two", "_id": "x", "drawer": 1})
    kept = admin.locations.get_register(LOCATION, made["_id"])
    assert (made["_id"], "Till two", 1) == (kept["_id"], kept["title"], kept["drawer"])
    admin.locations.delete_register(LOCATION, REGISTER)
    assert ["Till two"] == [each["title"] for each in admin.locations.list_registers(LOCATION)["items"]]
    other = create(admin, "Other")
    with pytest.raises(NotFoundError):
        admin.locations.get_register(other, made["_id"])


def test_tag_groups_are_upserted_by_id(admin: Pepper) -> None:
    """The same id replaces the group."""
    for title in ("Food", "Meals"):
        admin.locations.upsert_tag_group({"id": "food", "title": title, "sort": 0, "matchAll": True, "tags": {"a": 1}})
    assert ["Meals", "Drinks"] == [group.title for group in admin.locations.list_tag_groups().items]
    admin.locations.delete_tag_group("drinks")
    with pytest.raises(NotFoundError):
        admin.locations.delete_tag_group("drinks")


def test_a_point_is_served_inside_and_not_excluded(admin: Pepper, ada: Pepper) -> None:
    """The seeded circle serves; a polygon that excludes takes the point away, until it is changed or deleted."""

    def serving(lat: float = SOHO[0], long: float = SOHO[1]) -> list[str]:
        return [str(location.id) for location in ada.locations.list_delivering(lat=lat, long=long).items]

    assert ([LOCATION], []) == (serving(), serving(lat=51.6))
    square = {"type": "polygon", "coordinates": [[-0.2, 51.5], [-0.1, 51.5], [-0.1, 51.6], [-0.2, 51.6]]}
    both = admin.locations.create_delivery_boundary(LOCATION, delivery_boundary=square, filter_="exclude")
    assert ([BOUNDARY], 1, []) == ([each["_id"] for each in both.to_dict()["include"]], len(both.exlude), serving())
    excluded = both.to_dict()["exlude"][0]["_id"]
    ring = {"coordinates": [[[-0.2, 51.5], [-0.1, 51.5], [-0.1, 51.6]], [[-0.14, 51.5], [-0.12, 51.5], [-0.12, 51.52]]]}
    admin.locations.update_delivery_boundary(LOCATION, excluded, delivery_boundary=ring, filter_="exclude")
    assert [LOCATION] == serving()
    left = admin.locations.delete_delivery_boundary(LOCATION, BOUNDARY)
    assert ([], 1, []) == (left.include, len(left.exlude), serving())


def test_an_unknown_form_of_boundary_is_kept_and_holds_nothing(admin: Pepper) -> None:
    """The page names no members, so any are taken."""
    admin.locations.delete_delivery_boundary(LOCATION, BOUNDARY)
    admin.locations.create_delivery_boundary(LOCATION, delivery_boundary={"unknown": 1}, filter_="include")
    assert [] == admin.locations.list_delivering(lat=SOHO[0], long=SOHO[1]).items


def test_the_apple_pay_file_is_kept(sandbox: Sandbox, admin: Pepper) -> None:
    """Under the path that the page names."""
    admin.settings.upload_apple_pay_domain_association({"file": File(b"artificial", "file.txt")})
    kept = sandbox.documents("pepper", "domain_files")[0]
    path = "Example Café/.well-known/apple-developer-merchantid-domain-association.txt"
    assert (path, "artificial") == (kept["path"], kept["content"])
