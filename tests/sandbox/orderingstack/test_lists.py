"""Lists in the dialect of react-admin, counts and exports."""

from __future__ import annotations

import csv
import io

import pytest

from loyalty_sandbox.vendors.orderingstack.base import OPERATOR_TOKEN
from orderingstack_client import File, OrderingStack
from orderingstack_client.errors import BadRequestError, NotFoundError
from orderingstack_client.models import AccountFilter, CampaignFilter, SortOrder
from tests.sandbox.serving import Sandbox

ACCOUNTS = "/loyalty-api/api/accounts"


@pytest.fixture
def many(sandbox: Sandbox) -> Sandbox:
    """120 accounts beside the two of the seed, every third one in a venue."""
    client = sandbox.client()
    for number in range(120):
        body = {
            "id": f"account-1{number:03}",
            "counters": {"visits": number % 4},
            "header": {"firstName": f"Guest {number}"},
        }
        venues = ["venue-0003"] if number % 3 == 0 else []
        assert 200 == client.post("/_sandbox/hooks/orderingstack/account", json={**body, "venues": venues}).status_code
    return sandbox


def ask(sandbox: Sandbox, query: str) -> tuple[str, list[str]]:
    """List accounts by hand: total and ids."""
    answer = sandbox.client("orderingstack", bearer=OPERATOR_TOKEN).get(f"{ACCOUNTS}?{query}")
    assert 200 == answer.status_code, answer.text
    return answer.headers["X-Total-Count"], [each["id"] for each in answer.json()]


def test_the_client_walks_all_pages(many: Sandbox, operator: OrderingStack) -> None:
    """By item and by page, each account once."""
    walk = operator.account.list(filter_=AccountFilter(sort="id"))
    found = [str(each.id) for each in walk]
    assert 122 == len(found) == len(set(found))
    assert [100, 22] == [len(page) for page in walk.by_page()]


def test_the_client_walks_from_where_the_filter_begins(many: Sandbox, operator: OrderingStack) -> None:
    """In steps of the range that the filter names."""
    pages = operator.account.list(filter_=AccountFilter(start=105, end=115)).by_page()
    assert [10, 7] == [len(page) for page in pages]


def test_the_total_stands_in_a_header(many: Sandbox) -> None:
    """Of all items that match, not of the page; a browser may read it."""
    answer = many.client("orderingstack", bearer=OPERATOR_TOKEN).get(f"{ACCOUNTS}?_start=0&_end=5&venues=venue-0003")
    assert ("40", "X-Total-Count", 5) == (
        answer.headers["X-Total-Count"],
        answer.headers["Access-Control-Expose-Headers"],
        len(answer.json()),
    )


def test_ranges(many: Sandbox) -> None:
    """From `_start` to before `_end`; 25 without an end, nothing behind the end (OC-28)."""
    assert ("122", ["account-0001", "account-0002"]) == ask(many, "_start=0&_end=2")
    assert 25 == len(ask(many, "")[1]) == len(ask(many, "_start=3")[1])
    assert [2, 0, 0] == [
        len(ask(many, query)[1]) for query in ("_start=120&_end=150", "_start=130&_end=150", "_start=5&_end=2")
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("id=account-0002", ["account-0002"]),
        ("email=ada@example.com", ["account-0001"]),
        ("header.email=ada@example.com", ["account-0001"]),
        ("tags=my_vegan", ["account-0001"]),
        ("counters.visits=7", ["account-0001"]),
        ("campaigns.id=campaign-0001", ["account-0001"]),
        ("campaigns.state=start&segment=regular", ["account-0001"]),
        ("segment=regular&segment=new", ["account-0001", "account-0002"]),
        ("q=HOPPER", ["account-0002"]),
        ("firstName=Ada&lastName=Hopper", []),
        ("shoes=42", []),
    ],
)
def test_filters(sandbox: Sandbox, query: str, expected: list[str]) -> None:
    """Any member is a filter; several must hold together (OC-28)."""
    assert (str(len(expected)), expected) == ask(sandbox, query)


def test_order(many: Sandbox) -> None:
    """By number or text, in both directions; who lacks the member comes last."""
    ids = ask(many, "_sort=counters.visits&_order=DESC&_end=3")[1]
    assert ["account-0001", "account-1003", "account-1007"] == ids
    assert ["account-0001", "account-0002"] == ask(many, "_sort=email&_order=ASC&_end=2")[1]
    assert ["account-0002", "account-0001"] == ask(many, "_sort=email&_order=DESC&_end=2")[1]
    assert "account-1119" == ask(many, "_order=DESC&_end=1")[1][0]


@pytest.mark.parametrize("query", ["_start=x", "_end=-1", "_order=UP", "id=a&id=b", "_start="])
def test_what_is_no_range_is_refused(sandbox: Sandbox, query: str) -> None:
    """400 that names the key."""
    answer = sandbox.client("orderingstack", bearer=OPERATOR_TOKEN).get(f"{ACCOUNTS}?{query}")
    assert 400 == answer.status_code
    assert query.partition("=")[0] in answer.json()["message"]


def test_campaigns_are_listed_in_the_same_dialect(operator: OrderingStack) -> None:
    """With the first page asked for by the client."""
    found = operator.campaign.list(filter_=CampaignFilter(sort="name", order=SortOrder.DESC))
    assert ["campaign-0002", "campaign-0001"] == [each.id for each in found]
    running = CampaignFilter.from_dict({"initialized": "true"})
    assert ["campaign-0001"] == [each.id for each in operator.campaign.list(filter_=running)]


def test_accounts_are_counted(many: Sandbox, operator: OrderingStack) -> None:
    """By the filter of the list, in both places (OC-29)."""
    raw = operator.with_raw_response.account.get_count(filter_=AccountFilter.from_dict({"venues": "venue-0003"}))
    assert ({"count": 40}, "40") == (raw.parsed, raw.headers["X-Total-Count"])


def test_accounts_are_found_by_id_and_card(operator: OrderingStack) -> None:
    """And 404 says that there is none."""
    assert "account-0002" == operator.account.get_by_card("card-0002").id
    for call in (operator.account.get, operator.account.get_by_card):
        with pytest.raises(NotFoundError):
            call("nobody-0001")
        with pytest.raises((BadRequestError, ValueError)):
            call("x")


def rows(content: File) -> list[dict[str, str]]:
    """Read an export."""
    assert isinstance(content.payload, bytes)
    return list(csv.DictReader(io.StringIO(content.payload.decode(), newline="")))


def test_an_export_ignores_the_range(many: Sandbox, operator: OrderingStack) -> None:
    """All accounts that match, in the order asked for (OC-30)."""
    wanted = AccountFilter.from_dict({"_start": 0, "_end": 2, "_sort": "id", "_order": "DESC"})
    found = rows(operator.export.export(filter_=wanted))
    assert (122, "account-1119") == (len(found), found[0]["id"])
    ada = next(each for each in found if each["id"] == "account-0001")
    assert ("visits=7", "campaign-0001=start", "my_vegan") == (ada["counters"], ada["campaigns"], ada["tags"])


def test_contact_data_is_exported_without_the_rest(operator: OrderingStack, sandbox: Sandbox) -> None:
    """Names with commas, quotes and line ends come back whole."""
    name = 'Grace "Amazing", \nHopper'
    sandbox.admin("POST", "hooks/orderingstack/account", {"id": "account-0002", "header": {"lastName": name}})
    found = rows(operator.export.export_contacts(filter_=AccountFilter()))
    assert ["id", "firstName", "lastName", "phone", "email"] == list(found[0])
    assert name == found[1]["lastName"]
