"""Names in Python: each follows from its own name on the wire, and none depends on what stands beside it."""

from __future__ import annotations

import copy
import inspect
import keyword
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from loyalty_runtime import AsyncBaseClient, BaseClient
from loyalty_runtime.calls import settings as client_settings
from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.names import (
    RESERVED_ARGUMENTS,
    RESERVED_CREDENTIALS,
    RESERVED_MEMBERS,
    RESERVED_RESOURCES,
    allocate,
    attribute_name,
    call_of,
    class_stem,
    credential_name,
    method_name,
    resource_name,
    snake,
)
from scripts.common.yaml_io import load_yaml
from scripts.generate.adapt import adapt
from scripts.spec.readiness import check_names

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("aB1_-+.$[] ", max_size=8)


@pytest.mark.parametrize(
    ("tag", "attribute", "stem"),
    [
        ("guests", "guests", "Guests"),
        ("Payment Cards", "payment_cards", "PaymentCards"),
        ("import", "import_", "Import"),
        ("close", "close_", "Close"),
        ("2fa", "tag_2fa", "Tag2fa"),
        ("会员", "会员", "会员"),
        ("con", "con_", "Con"),
    ],
)
def test_a_tag_names_its_resource(tag: str, attribute: str, stem: str) -> None:
    """A tag becomes an attribute that Python accepts and the client has not, and a class name."""
    assert (attribute, stem) == (resource_name(tag), class_stem(tag))


@pytest.mark.parametrize(
    ("tag", "operation", "expected"),
    [
        ("guests", "listGuests", "list"),
        ("orders", "listGuestOrders", "list_guest"),
        ("campaign", "getCampaigns", "get"),
        ("awards", "addStamps", "add_stamps"),
        ("awards", "cancelAward", "cancel"),
        ("users", "deleteUserPhoto", "delete_photo"),
        ("categories", "listCategories", "list"),
        ("actions", "listActionsForUser", "list_for_user"),
        ("jobs", "import", "import_"),
        ("repos", "repos/list-for-org", "list_for_org"),
        ("pet", "pet.find.ByStatus", "find_by_status"),
        ("things", "2faLogin", "call_2fa_login"),
        ("things", "获取会员", "获取会员"),
    ],
)
def test_a_method_is_its_verb_and_what_is_not_the_tag(tag: str, operation: str, expected: str) -> None:
    """The rule reads the tag and the operationId and nothing else."""
    assert expected == method_name(tag, operation)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("_id", "id"),
        ("userId", "user_id"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("1st", "field_1st"),
        ("class", "class_"),
        ("to_dict", "to_dict_"),
        ("filter[status]", "filter_status"),
        ("@type", "type_"),
        ("$id", "id"),
        ("größe", "größe"),
        ("积分", "积分"),
        ("*", "asterisk"),
        ("a b", "a_b"),
        ("", "value"),
    ],
)
def test_a_member_has_a_readable_name(wire: str, expected: str) -> None:
    """Signs are named, digits get a prefix, words that Python or the class itself uses an underscore."""
    assert expected == attribute_name(wire)


@pytest.mark.parametrize(
    ("wires", "expected"),
    [
        (["id", "_id"], ["id", "field_id"]),
        (["userId", "user_id"], ["user_id_2", "user_id"]),
        (["aB", "a-b", "a b"], ["a_b_3", "a_b_2", "a_b"]),
        (["+1", "-1"], ["plus_1", "minus_1"]),
    ],
)
def test_names_that_meet_are_told_apart(wires: list[str], expected: list[str]) -> None:
    """The one written like its Python name keeps it, then the order of the wire names counts, not that of the document."""
    assert expected == list(allocate(wires).values())
    assert dict(zip(wires, expected, strict=True)) == allocate(reversed(wires))


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY, unique=True, max_size=6))
def test_names_are_python_and_differ(wires: list[str]) -> None:
    """Whatever the wire names are, each gets a name of its own that Python reads as it is written."""
    for reserved in (RESERVED_MEMBERS, RESERVED_ARGUMENTS):
        found = list(allocate(wires, reserved=reserved).values())
        assert len(found) == len(set(found)) == len(wires)
        for name in found:
            assert name.isidentifier()
            assert not keyword.iskeyword(name)
            assert name not in reserved
            assert name == unicodedata.normalize("NFKC", name)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY, unique=True, max_size=5), ANY)
def test_a_new_member_renames_no_other(wires: list[str], new: str) -> None:
    """A sibling changes a name only where the two would be equal."""
    assume(attribute_name(new) not in {attribute_name(wire) for wire in wires})
    before = allocate(wires)
    assume(attribute_name(new) not in before.values())
    assert before == {wire: name for wire, name in allocate([*wires, new]).items() if wire != new}


STAMPEDE = load_yaml(Vendor("stampede").generated / "openapi.yaml")
WORDS = ["get", "list", "create", "guest", "guests", "deal", "order", "for", "user", "all", "export", "session", "tag"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("_".join),
    st.sampled_from(["guests", "tags", "deals", "wifi", "orders", "new"]),
)
def test_a_new_operation_renames_no_other(name: str, tag: str) -> None:
    """Every call of a vendor keeps its name whatever operation is added; one that would have a name twice is refused."""
    document = copy.deepcopy(STAMPEDE)
    before = {item["operationId"]: call_of(item) for _, _, item in operations(document)}
    assume(snake(name) not in {snake(key) for key in before})
    item = {"operationId": name, "tags": [tag], "responses": {"200": {"description": "ok"}}}
    document["paths"]["/v1/new"] = {"get": item}
    if call_of(item) in before.values():
        assert [("paths", "/v1/new", "get")] == [fault.place for fault in check_names(document)]
        return
    assert [] == check_names(document)
    after = {item["operationId"]: call_of(item) for _, _, item in operations(adapt(document)[0])}
    assert {**before, name: call_of(item)} == after


def test_a_member_that_would_have_anothers_name_is_refused() -> None:
    """`user_id` beside `userId` must state another name, or the older member would lose its own."""
    members: dict[str, Any] = {"userId": {"type": "string"}, "user_id": {"type": "string"}}
    document: dict[str, Any] = {"paths": {}, "components": {"schemas": {"User": {"properties": members}}}}
    place = ("components", "schemas", "User", "properties", "user_id")
    assert [place] == [fault.place for fault in check_names(document)]
    members["user_id"]["x-client-name"] = "user_id_text"
    assert [] == check_names(document)


def test_the_clients_own_attributes_are_reserved() -> None:
    """A resource never takes the place of what a client has itself."""
    own = {name for kind in (BaseClient, AsyncBaseClient) for name in dir(kind) if not name.startswith("_")}
    annotated = {name for kind in BaseClient.__mro__ for name in inspect.get_annotations(kind) if name[0] != "_"}
    assert set() == (own | annotated) - RESERVED_RESOURCES


def test_the_clients_own_settings_are_reserved() -> None:
    """A credential is never passed by the name of a setting."""
    kinds = (client_settings.CommonSettings, client_settings.ClientSettings, client_settings.AsyncClientSettings)
    known = {name for kind in kinds for name in inspect.get_annotations(kind)}
    assert known
    assert set() == known - RESERVED_CREDENTIALS
    assert ["timeout_", "x_api_key", "self_"] == [credential_name(name) for name in ("timeout", "X-Api-Key", "self")]
