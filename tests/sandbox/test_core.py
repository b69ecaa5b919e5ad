"""What every vendor gets from the core: examples, checks of answers, snapshots, clock, hooks, guard."""

from __future__ import annotations

import pytest

from loyalty_sandbox.clock import Clock
from loyalty_sandbox.engine import Engine, Inbound
from loyalty_sandbox.exchange import Refusal, Refused, Reply, Request
from loyalty_sandbox.limits import Limits
from loyalty_sandbox.problems import SandboxError
from loyalty_sandbox.routing import Match, Router, WrongMethod
from loyalty_sandbox.state import State
from loyalty_sandbox.store import Store
from loyalty_sandbox.vendor import Vendor
from loyalty_sandbox.vendors import load_vendors
from loyalty_sandbox.vendors.stamps.base import STATIC_TOKEN
from loyalty_sandbox.vendors.stamps.seed import fill
from loyalty_sandbox.world import World
from tests.sandbox.serving import Serve

ADD = "/api/stamps/add"
BODY = {"user": 2001, "store": 2, "number_of_stamps": 10}
HEADERS = (("authorization", f"Token {STATIC_TOKEN}"), ("content-type", "application/json"))


def bare_engine(slug: str = "stamps") -> tuple[Vendor, Engine]:
    """Make an engine of a vendor with the real effective spec and no handler."""
    vendor = Vendor(slug=slug, title="Bare")

    @vendor.refuses
    def refuse(refusal: Refusal) -> Reply:
        return Reply({"detail": refusal.kind}, status=404 if refusal.kind == "unknown-path" else 400)

    clock = Clock()
    engine = Engine(vendor, Store(), clock, Limits(clock))
    fill(engine.state)
    return vendor, engine


def add(engine: Engine) -> tuple[int, str, str]:
    """Award stamps; returns status, behaviour and body."""
    outcome = engine.answer(Inbound("POST", ADD, "", HEADERS, b'{"user": 2001, "store": 2, "number_of_stamps": 1}', ""))
    return outcome.status, outcome.behaviour, outcome.body.decode()


def test_an_operation_without_a_handler_answers_with_an_example() -> None:
    """The vendor's printed sample, marked as what it is."""
    _, engine = bare_engine()
    status, behaviour, body = add(engine)
    assert (200, "example") == (status, behaviour)
    assert '{"customer":{"id":114807,"stamps":18,"status":"Blue"},"award":{"id":1010,"number_of_stamps":10}}' == body


@pytest.mark.parametrize("slug", ["stamps", "stampede"])
def test_every_operation_has_a_valid_example(slug: str) -> None:
    """Also those that have handlers: the examples of the effective spec are valid against it."""
    _, engine = bare_engine(slug)
    for operation in engine.operations.values():
        assert 200 <= engine._example(operation).status < 300


def test_an_answer_that_breaks_the_effective_spec_is_a_500_that_says_so() -> None:
    """And what the handler stored is gone."""
    vendor, engine = bare_engine()

    @vendor.operation("addStamps")
    def broken(state: State, request: Request) -> Reply:
        state.collection("things").put(1, {"id": 1})
        return Reply({"customer": {"id": "text", "stamps": 1, "status": "Blue"}})

    status, behaviour, body = add(engine)
    assert (500, "violation") == (status, behaviour)
    assert "breaks the effective spec" in body
    assert "customer/id: 'text' is not of type 'integer'" in body
    assert "'award' is a required property" in body
    assert 0 == len(engine.state.collection("things"))


def test_a_handler_that_fails_is_a_500_that_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """And what it stored is gone."""
    vendor, engine = bare_engine()

    @vendor.operation("addStamps")
    def broken(state: State, request: Request) -> Reply:
        state.collection("things").put(1, {"id": 1})
        raise KeyError("planted")

    assert (500, "violation") == add(engine)[:2]
    assert "stamps addStamps failed" in caplog.text
    assert 0 == len(engine.state.collection("things"))


def test_a_refusal_undoes_what_the_handler_did() -> None:
    """`raise Refused` leaves no trace."""
    vendor, engine = bare_engine()

    @vendor.operation("addStamps")
    def refusing(state: State, request: Request) -> Reply:
        state.collection("things").put(1, {"id": 1})
        raise Refused(Reply({"detail": "no"}, status=400))

    assert (400, "stateful", '{"detail":"no"}') == add(engine)
    assert 0 == len(engine.state.collection("things"))


def test_a_handler_without_an_operation_is_an_error() -> None:
    """A misspelt operationId is found at the start."""
    vendor, _ = bare_engine()
    vendor.operation("addStamp")(lambda state, request: Reply())
    clock = Clock()
    with pytest.raises(ValueError, match="handlers for operations that the effective spec lacks: addStamp"):
        Engine(vendor, Store(), clock, Limits(clock))


class _Target:
    def __init__(self, method: str, template: str) -> None:
        self.method, self.template = method, template


def test_a_literal_path_wins_over_a_template() -> None:
    """S-06, whatever the order in the spec; parts are decoded after matching."""
    router = Router(
        [_Target("GET", "/guests/{id}"), _Target("GET", "/guests/wifi"), _Target("POST", "/guests/{id}/tags")]
    )
    wifi, guest = router.match("GET", "/guests/wifi"), router.match("GET", "/guests/a%2Fb")
    assert isinstance(wifi, Match)
    assert isinstance(guest, Match)
    assert ("/guests/wifi", {}) == (wifi.target.template, wifi.path)
    assert {"id": "a/b"} == guest.path
    assert WrongMethod(("POST",)) == router.match("GET", "/guests/1/tags")
    assert router.match("GET", "/guests/") is None


def test_snapshot_and_restore_bring_back_state_and_clock(serve: Serve) -> None:
    """Balances, sequences and time are as they were."""
    sandbox = serve("stamps")
    client = sandbox.client("stamps")
    sandbox.admin("POST", "clock", {"now": "2026-03-01T12:00:00Z", "stopped": True})
    before = client.post(ADD, json=BODY).json()
    sandbox.admin("POST", "snapshots", {"name": "before"})
    client.post(ADD, json=BODY)
    sandbox.advance(days=2)
    sandbox.admin("POST", "restore", {"name": "before"})
    after = client.post(ADD, json=BODY).json()
    assert (before["award"]["id"] + 1, 120) == (after["award"]["id"], after["customer"]["stamps"])
    assert {"now": "2026-03-01T12:00:00Z", "stopped": True} == sandbox.admin("GET", "clock")


def test_an_unknown_snapshot_is_refused(serve: Serve) -> None:
    """The message lists those that exist."""
    sandbox = serve("stampede")
    answer = sandbox.client().post("/_sandbox/restore", json={"name": "nothing"})
    assert 400 == answer.status_code
    assert answer.json()["sandbox"].startswith("There is no snapshot 'nothing'; there are: ")


def test_reset_of_one_vendor_leaves_the_others(serve: Serve) -> None:
    """And brings the vendor back to its seed."""
    sandbox = serve("stamps", "stampede")
    sandbox.client("stamps").post(ADD, json=BODY)
    sandbox.client("stampede").post("/v1/deal", json={"name": "kept"})
    sandbox.admin("POST", "reset", {"vendor": "stamps"})
    assert 110 == sandbox.client("stamps").post(ADD, json=BODY).json()["customer"]["stamps"]
    assert 2 == sandbox.client("stampede").get("/v1/deal").json()["meta"]["total"]


def test_the_clock_is_set_moved_and_stopped(serve: Serve) -> None:
    """A stopped clock stands; a running one goes on from where it was put."""
    sandbox = serve("stamps")
    assert {"now": "2026-03-01T12:00:00Z", "stopped": True} == sandbox.admin(
        "POST", "clock", {"now": "2026-03-01T13:00:00+01:00", "stopped": True}
    )
    assert "2026-03-01T11:59:00Z" == sandbox.admin("POST", "clock", {"advance": -60})["now"]
    assert sandbox.admin("POST", "clock", {"stopped": False})["now"].startswith("2026-03-01T11:59:0")
    for wrong in ({"now": "tomorrow"}, {"advance": "1 day"}, {"advance": 1e300}, {"speed": 2}):
        assert 400 == sandbox.client().post("/_sandbox/clock", json=wrong).status_code, wrong


def test_hooks_check_their_bodies(serve: Serve) -> None:
    """One line that names vendor, hook and member."""
    sandbox = serve("stamps")
    client = sandbox.client()
    wrong = client.post("/_sandbox/hooks/stamps/customer", json={"email": 5})
    unknown = client.post("/_sandbox/hooks/stamps/client", json={})
    assert (400, "stamps hook customer at email: 5 is not of type 'string'.") == (
        wrong.status_code,
        wrong.json()["sandbox"],
    )
    assert "stamps has no hook 'client'; it has: customer, store." == unknown.json()["sandbox"]
    made = sandbox.admin("POST", "hooks/stamps/customer", {"email": "new@example.com", "stamps": 7})
    answer = sandbox.client("stamps").post(ADD, json={**BODY, "user": "new@example.com"})
    assert (made["user"], 17) == (answer.json()["customer"]["id"], answer.json()["customer"]["stamps"])


def test_a_seed_file_adds_to_the_seed() -> None:
    """Vendor, hook, list of bodies; mistakes are one line."""
    stamps = load_vendors(["stamps"])
    world = World(
        stamps, seed={"stamps": {"store": [{"id": 77}], "customer": [{"email": "x@example.com", "stamps": 3}]}}
    )
    assert world.engines["stamps"].state.collection("stores").get(77)
    world.close()
    for seed, message in (
        ({"stamp": {}}, "The seed names 'stamp', which is not served; served are: stamps."),
        ({"stamps": {"shop": [{}]}}, "stamps has no hook 'shop'; it has: customer, store."),
        ({"stamps": {"store": [{"id": "x"}]}}, "stamps hook store at id: 'x' is not of type 'integer'."),
        (
            {"stamps": []},
            "The seed of stamps is not a mapping; write the name of a hook and a list of bodies under it.",
        ),
    ):
        with pytest.raises(SandboxError) as caught:
            World(stamps, seed=seed)
        assert message == str(caught.value)


def test_foreign_pages_and_names_are_refused(serve: Serve) -> None:
    """A web page of another site can neither reset the sandbox nor reach it under another name."""
    client = serve("stamps").client()
    foreign = client.post("/_sandbox/reset", headers={"Origin": "https://example.com"})
    renamed = client.get("/", headers={"Host": "sandbox.example.com"})
    own = client.post("/_sandbox/reset", headers={"Origin": str(client.base_url).rstrip("/")})
    assert (403, 421, 200) == (foreign.status_code, renamed.status_code, own.status_code)


@pytest.mark.parametrize(
    "metadata",
    [b'"\\ud800"', b"1e999", b"[" * 300 + b"]" * 300, b"1" + b"0" * 5000, b'"\\u0000"', b"1" + b"0" * 400],
    ids=["half a character", "infinity", "depth", "digits", "nul", "large"],
)
def test_odd_values_never_break_the_sandbox(serve: Serve, metadata: bytes) -> None:
    """Where the effective spec allows anything, values are stored or refused with 400; nothing is a 500."""
    sandbox = serve("stampede")
    body = (
        b'{"venue_id": "VENUE0000001", "event_id": "e", "status": "active", "party_size": 1, "metadata": {"x": '
        + metadata
    )
    body += b'}, "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}'
    path = "/v1/guests/00000000-0000-4000-8000-000000000001/booking"
    answer = sandbox.client("stampede").post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400), answer.text
    assert 200 == sandbox.client().get("/_sandbox/log").status_code
    assert 200 == sandbox.client().get("/_sandbox/state/stampede/bookings").status_code


def test_a_number_beyond_the_database_finds_nothing(serve: Serve) -> None:
    """An id of forty digits is unknown, not an error of the sandbox."""
    answer = serve("stamps").client("stamps").post(ADD, json={**BODY, "user": 10**40})
    assert (400, "invalid_data") == (answer.status_code, answer.json()["error_code"])
    store = Store()
    store.put("stamps", "things", "1", {"n": 1})
    assert [] == list(store.select("stamps", "things", {"n": 10**40}))
    store.close()


def test_a_body_that_is_too_large_is_413(serve: Serve) -> None:
    """Beyond 20 MiB nothing is kept in memory."""
    answer = serve("stamps").client("stamps").post(ADD, content=b"x" * (20 * 1024 * 1024 + 1))
    assert (413, "sandbox") == (answer.status_code, next(iter(answer.json())))


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"\xff", b'{"user": NaN}', b"[" * 100_000, b'{"user": 1e999, "store": 1, "number_of_stamps": 1}'],
)
def test_bodies_that_cannot_be_read_are_refused(serve: Serve, content: bytes) -> None:
    """400 in the vendor's shape, never a 500."""
    answer = serve("stamps").client("stamps").post(ADD, content=content, headers={"Content-Type": "application/json"})
    assert (400, "invalid") == (answer.status_code, answer.json()["error_code"])
