"""The requests of Stampede, one row an operation, written from `docs/evidence/stampede.md` by hand.

Every parameter and every member of a body is given once.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.clients.rows import Row, Sent

GUEST = "00000000-0000-4000-8000-000000000001"
NOON = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 14, 14, 30, tzinfo=UTC)

TOKEN_REQUEST = {
    "client_id": "ai.stampede.marketplace.example",
    "client_secret": "artificial-secret",
    "grant_type": "client_credentials",
}

NEW_GUEST = {
    "email": "ada@example.org",
    "first": "Ada",
    "last": "Example",
    "privacy": {"data": True, "marketing": {"email": True, "sms": False}},
    "gender": "f",
    "phone": "+15550100",
}

BOOKING = {
    "amount": 4200,
    "currency": "GBP",
    "venue_id": "VENUE0000001",
    "event_id": "booking-1001",
    "status": "partially_seated",
    "party_size": 4,
    "metadata": {"allergens": "nuts"},
    "starts_at": "2026-03-14T12:30:00+00:00",
    "ends_at": "2026-03-14T14:30:00+00:00",
    "created_at": "2026-03-01T09:00:00Z",
    "updated_at": "2026-03-02T09:00:00Z",
    "type": "Garden room",
}

ORDER = {
    "amount": 1250,
    "currency": "EUR",
    "venue_ids": ["VENUE0000001", "VENUE0000002"],
    "event_id": "order-1001",
    "in_venue": True,
}

DEAL = {
    "name": "10%_OFF",
    "cash_value_amount": 1000,
    "expires_at": "2026-03-14T12:30:00+00:00",
    "active": False,
    "description": "Ten per cent off",
    "days_code_valid_for": 30,
    "cash_value_currency": "GBP",
}

FORM = {"venue_id": "VENUE0000001", "source": "in-venue-form", "form_id": "form-1"}
WIFI = {
    "user_agent": "ExampleBrowser/1.0",
    "mac": "00:00:5E:00:53:01",
    "venue_id": "VENUE0000001",
    "event_id": "wifi-1",
}
EVENT = {
    "organisation_registration_id": "00000000-0000-4000-8000-0000000000aa",
    "serials": ["VENUE0000001"],
    "parameters": {"source": "some_service", "key": "value"},
}

ROWS = [
    Row(
        "createToken",
        call="auth.create_token",
        function="auth.create_token",
        members=TOKEN_REQUEST,
        sends=Sent("POST", "/oauth/token", headers={"authorization": ""}, body=TOKEN_REQUEST),
    ),
    Row(
        "listVenues",
        call="venues.list",
        function="venues.list_venues",
        keywords={"cursor": "a/b+c", "limit": 5},
        sends=Sent("GET", "/v1/venues", ["cursor=a%2Fb%2Bc", "limit=5"]),
    ),
    Row(
        "listGuests",
        call="guests.list",
        function="guests.list_guests",
        keywords={"search": "ada & co", "limit": 25, "cursor": "next-1"},
        sends=Sent("GET", "/v1/guests", ["search=ada%20%26%20co", "limit=25", "cursor=next-1"]),
    ),
    Row(
        "getGuest",
        call="guests.get",
        function="guests.get_guest",
        path=("a/b c",),
        sends=Sent("GET", "/v1/guests/a%2Fb%20c"),
    ),
    Row(
        "createGuest",
        call="guests.create",
        function="guests.create_guest",
        members=NEW_GUEST,
        sends=Sent("POST", "/v1/guests", body=NEW_GUEST),
    ),
    Row(
        "listGuestTags",
        call="tags.list",
        function="tags.list_guest_tags",
        path=(GUEST,),
        sends=Sent("GET", f"/v1/guests/{GUEST}/tags"),
    ),
    Row(
        "addGuestTag",
        call="tags.add",
        function="tags.add_guest_tag",
        path=(GUEST,),
        members={"name": "Golf Member"},
        sends=Sent("PUT", f"/v1/guests/{GUEST}/tags", body={"name": "Golf Member"}),
    ),
    Row(
        "deleteGuestTagByName",
        call="tags.delete",
        function="tags.delete_guest_tag_by_name",
        path=(GUEST,),
        members={"tag_name": "Golf Member"},
        sends=Sent("DELETE", f"/v1/guests/{GUEST}/tags/by-name", body={"tag_name": "Golf Member"}),
    ),
    Row(
        "listGuestOrders",
        call="orders.list",
        function="orders.list_guest_orders",
        path=(GUEST,),
        keywords={"limit": 10, "cursor": "next-1", "search": "lunch"},
        sends=Sent("GET", f"/v1/guests/{GUEST}/order", ["limit=10", "cursor=next-1", "search=lunch"]),
    ),
    Row(
        "createGuestOrder",
        call="orders.create",
        function="orders.create_guest_order",
        path=(GUEST,),
        members=ORDER,
        sends=Sent("POST", f"/v1/guests/{GUEST}/order", body=ORDER),
    ),
    Row(
        "createGuestBooking",
        call="bookings.create",
        function="bookings.create_guest_booking",
        path=(GUEST,),
        members={
            **{name: value for name, value in BOOKING.items() if name != "type"},
            "starts_at": NOON,
            "ends_at": LATER,
            "type_": "Garden room",
        },
        sends=Sent("POST", f"/v1/guests/{GUEST}/booking", body=BOOKING),
    ),
    Row(
        "findGuestByDevice",
        call="wifi.find_guest_by_device",
        function="wifi.find_guest_by_device",
        keywords={"mac": "00:00:5E:00:53:01"},
        sends=Sent("GET", "/v1/guests/wifi", ["mac=00%3A00%3A5E%3A00%3A53%3A01"]),
    ),
    Row(
        "createWifiSession",
        call="wifi.create",
        function="wifi.create_wifi_session",
        path=(GUEST,),
        members=WIFI,
        sends=Sent("POST", f"/v1/guests/{GUEST}/wifi", body=WIFI),
    ),
    Row(
        "createFormSubmission",
        call="forms.create",
        function="forms.create_form_submission",
        path=(GUEST,),
        members=FORM,
        sends=Sent("POST", f"/v1/guests/{GUEST}/form", body=FORM),
    ),
    Row(
        "listDeals",
        call="deals.list",
        function="deals.list_deals",
        keywords={"page": 2},
        sends=Sent("GET", "/v1/deal", ["page=2"]),
    ),
    Row(
        "createDeal",
        call="deals.create",
        function="deals.create_deal",
        members={**DEAL, "expires_at": NOON},
        sends=Sent("POST", "/v1/deal", body=DEAL),
    ),
    Row(
        "searchCode",
        call="codes.search",
        function="codes.search_code",
        keywords={"code": "10%_OFF", "page": 3},
        sends=Sent("GET", "/v1/code/search", ["code=10%25_OFF", "page=3"]),
    ),
    Row(
        "revokeCode",
        call="codes.revoke",
        function="codes.revoke_code",
        keywords={"code": "ABC1"},
        sends=Sent("POST", "/v1/code/revoke", ["code=ABC1"]),
    ),
    Row(
        "sendWorkflowEvent",
        call="workflows.send",
        function="workflows.send_workflow_event",
        members=EVENT,
        sends=Sent("POST", "/v1/workflows/incoming-event", body=EVENT),
    ),
    Row(
        "createWorkflowRun",
        call="workflows.create",
        function="workflows.create_workflow_run",
        path=("workflow-1",),
        members={"org_reg_id": "00000000-0000-4000-8000-0000000000bb"},
        sends=Sent(
            "POST",
            "/v1/workflows/workflow-1/workflow-runs",
            body={"org_reg_id": "00000000-0000-4000-8000-0000000000bb"},
        ),
    ),
]
