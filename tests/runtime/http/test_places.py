"""The bookkeeping of connections: whatever happens in whatever order, no place is lost, nobody overtakes, the limits hold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_runtime.http.places import DONE, HOLDING, WAITING, Places, Ticket

LIMIT, KEEP, SECONDS = 3, 2, 10.0
EVENTS = st.lists(
    st.tuples(st.sampled_from(["take", "keep", "break", "give up", "pass time"]), st.integers(0, 50)), max_size=60
)


class Run:
    """Some places with the tickets of every call so far, and how many connections there are in the world."""

    def __init__(self) -> None:
        self.places: Places[int] = Places(limit=LIMIT, keep=KEEP, seconds=SECONDS)
        self.tickets: list[Ticket[int]] = []
        self.now = 0.0
        self.made = 0
        self.served: list[Ticket[int]] = []

    def step(self, event: str, number: int) -> None:
        """Let one thing happen, to a call chosen by the number."""
        if event == "pass time":
            self.now += number
        elif event == "take":
            ticket: Ticket[int] = Ticket()
            self.tickets.append(ticket)
            self.places.take(ticket, self.now)
        else:
            wanted = WAITING if event == "give up" else HOLDING
            chosen = [ticket for ticket in self.tickets if ticket.state == wanted]
            if chosen:
                self.end(chosen[number % len(chosen)], keep=event == "keep")
        self.check()

    def end(self, ticket: Ticket[int], *, keep: bool) -> None:
        """End a call; one that held a place without a connection has opened one."""
        first = next(iter(self.places.waiting), None)
        held = ticket.state == HOLDING
        connection = ticket.connection
        if connection is None:
            self.made += 1
            connection = self.made
        heir = self.places.give(ticket, connection if keep else None, self.now)
        assert heir is (first if held else None), "the call that waits longest is served"
        if heir is not None:
            assert (connection if keep else None) == heir.connection

    def check(self) -> None:
        """Compare what the places say with what the calls know."""
        places = self.places
        holding = sum(ticket.state == HOLDING for ticket in self.tickets)
        assert places.taken == holding + len(places.idle)
        assert places.taken <= LIMIT
        assert len(places.idle) <= KEEP
        assert list(places.waiting) == [ticket for ticket in self.tickets if ticket.state == WAITING]
        assert not (places.waiting and (places.idle or places.taken < LIMIT))
        kept = [connection for connection, _ in places.idle]
        held = [ticket.connection for ticket in self.tickets if ticket.connection is not None]
        assert len({*kept, *held, *places.doomed}) == len(kept) + len(held) + len(places.doomed)


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_no_place_is_lost(events: list[tuple[str, int]]) -> None:
    """After any sequence of events everybody can be served, and everything is free in the end."""
    run = Run()
    for event, number in events:
        run.step(event, number)
    while any(ticket.state != DONE for ticket in run.tickets):
        run.step("keep", 0)
        run.step("give up", 0) if not any(ticket.state == HOLDING for ticket in run.tickets) else None
    assert len(run.places.idle) == run.places.taken
    run.now += SECONDS
    run.step("take", 0)
    assert 1 == run.places.taken


def test_the_connection_used_last_is_used_first() -> None:
    """Surplus connections grow old and are closed, instead of all being kept alive in turn."""
    places: Places[str] = Places(limit=3, keep=3, seconds=10)
    tickets: list[Ticket[str]] = [Ticket(), Ticket()]
    for ticket in tickets:
        places.take(ticket, 0)
    for ticket, name in zip(tickets, ("first", "second"), strict=True):
        places.give(ticket, name, 1)
    again: Ticket[str] = Ticket()
    places.take(again, 10.5)
    assert "second" == again.connection
    places.give(again, "second", 10.5)
    third: Ticket[str] = Ticket()
    places.take(third, 11.5)
    assert ("second", ["first"], 1) == (third.connection, places.doomed, places.taken)
