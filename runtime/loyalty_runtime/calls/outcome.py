"""Asking whether a call whose answer was lost took effect; nothing is repeated here, only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..declared.operation import PagedOperation
from ..declared.pages import ReadPage, Stuck
from ..errors import LoyaltyError, UncertainOutcomeError
from ..frozen import Frozen
from ..http import run_sync
from ..http.ports import SyncIO
from ..options import CallOptions, resolves
from ..outcomes import Applied, NotApplied, Outcome, StillUnknown
from ..types import Unset
from ..wire.decoding import Misfit, parse_json
from ..wire.reply import dig
from .alike import alike, moment, sent_value
from .replies import received
from .retry import http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ..clock import Clock
    from ..declared.operation import Operation, OutcomeCheck
    from ..http.ports import IO
    from ..options import CallArguments
    from ..wire.messages import RawResponse
    from .replies import Reading

T = TypeVar("T")
RESERVED = 1 / 3  # of the time of a call that finds out itself what came of it
_PAGES = 50
_SLACK = (
    300.0  # seconds by which the clocks of client and vendor may differ before an entry counts as older than the call
)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
_LONGEST_WAIT = 86_400.0
_LONGEST_MARKER = 64  # characters; whether a vendor keeps longer texts whole is stated nowhere


class Asker(Protocol):
    """What a question is asked with: a client."""

    _timeout: float | None
    _reading: Reading

    @property
    def _port(self) -> IO: ...

    def _send(self, operation: Operation[Any], arguments: CallArguments) -> Coroutine[None, None, RawResponse]: ...

    def _ask(
        self, operation: Operation[Any], arguments: CallArguments, reader: Callable[[RawResponse], T]
    ) -> Coroutine[None, None, T]: ...


class Question:
    """Whether a call took effect. `doubtful` is True once an attempt may have taken effect without a word of it.

    It can be pickled; the client does not go along, and what was sent is reduced to what the check asks for.
    """

    def __init__(
        self, client: Asker | None, operation: Operation[Any], arguments: CallArguments, sent: float | None = None
    ) -> None:
        self.client = client
        self.operation = f"{operation.vendor} {operation.id}"
        self.check: OutcomeCheck | None = operation.outcome_check
        self.arguments: CallArguments = arguments
        self.doubtful = False
        self.begun: float | None = None  # on the monotonic clock of this process
        self.sent = sent  # in seconds since 1970, None where no clock is trusted
        self.lasted = 0.0  # from the start of the call until the attempt ended that is asked about

    def doubt(self, clock: Clock, started: float) -> None:
        """Note that an attempt which ended now may have taken effect, in a call that was started on the monotonic clock."""
        self.doubtful = True
        self.begun, self.sent = clock.monotonic(), clock.time()
        self.lasted = self.begun - started

    @property
    def asked(self) -> Asked:
        """What is asked for, without the rest of the call."""
        return self.arguments if isinstance(self.arguments, Asked) else Asked(self.check, self.arguments)

    def ask(self, client: Asker | None, *, wait: float) -> Outcome:
        """Settle with a synchronous client; raise `LoyaltyError` where it is not one."""
        asker = client or self.client
        if asker is not None and not isinstance(asker._port, SyncIO):
            raise LoyaltyError(
                "The client of this call is asynchronous; await .aresolve() instead of calling .resolve()."
            )
        return run_sync(self.settle(asker, wait=wait))

    async def settle(self, client: Asker | None, *, wait: float, budget: float | None = None) -> Outcome:
        """Read back until the outcome is known, waiting at most so many seconds for a call that does not show.

        `budget` are the seconds for everything; without it each read has the client's timeout.
        """
        asker = client or self.client
        if asker is None:
            raise LoyaltyError("This error comes from another process; give the client to ask with: resolve(client=…).")
        check, asked = self.check, self.asked
        if check is None:
            return StillUnknown(f"nothing that {self.operation} changes is read back by a call, as far as is known")
        if asked.missing:
            return StillUnknown(asked.missing)
        clock = asker._port.clock
        if self.begun is None and self.sent is None:
            self.begun = clock.monotonic()
        until = clock.monotonic() + (wait if budget is None else min(wait, budget))
        pause = _FIRST_PAUSE
        while True:
            elapsed = self._elapsed(clock)  # before reading: what shows later is not missed
            left = check.settle - elapsed
            timeout = asker._timeout if budget is None else max(until - clock.monotonic(), 0.001)
            age = None if self.sent is None else elapsed + self.lasted + _SLACK
            found = await _look(asker, check, asked, CallOptions(timeout=timeout), age)
            if found is None and left <= 0:
                return NotApplied(certain=check.certain)
            step = pause
            if found is None:
                step = min(pause, left)
                found = StillUnknown(
                    "the vendor does not show it, and the time in which it may is not over", ask_again=left
                )
            if not isinstance(found, StillUnknown) or found.ask_again is None or clock.monotonic() + step > until:
                return found
            await asker._port.sleep(step)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _elapsed(self, clock: Clock) -> float:
        if self.begun is not None:
            return clock.monotonic() - self.begun
        return clock.time() - (self.sent or 0)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "client": None, "begun": None, "arguments": self.asked}

    def __repr__(self) -> str:
        return f"<Question of {self.operation}>"


class Asked(Frozen):
    """What a check asks for in one call, as plain values; `missing` says what the call did not give."""

    path: Mapping[str, object]
    query: Mapping[str, object]
    headers: Mapping[str, object]
    entry: Mapping[str, object]
    same: Mapping[str, object]
    missing: str

    def __init__(self, check: OutcomeCheck | None, arguments: CallArguments) -> None:
        found: dict[str, dict[str, object]] = {}
        missing = ""
        for part in ("path", "query", "headers", "entry", "same"):
            stated = getattr(check, part, {})
            values = {name: sent_value(each, arguments) for name, each in stated.items()}
            for name, value in values.items():
                if isinstance(value, Unset) and part not in ("headers", "same"):
                    missing = missing or f"the call gave nothing for {stated[name]}, which the check asks for"
                elif part == "entry" and isinstance(value, str) and len(value) > _LONGEST_MARKER:
                    missing = (
                        missing or f"{stated[name]} is longer than {_LONGEST_MARKER} characters, too long to look for"
                    )
            found[part] = {name: value for name, value in values.items() if not isinstance(value, Unset)}
        self._fill(missing=missing, **found)

    def __repr__(self) -> str:
        return "<Asked>"  # the values may be personal


async def answered(client: Asker, operation: Operation[T], arguments: CallArguments) -> tuple[T, object, RawResponse]:
    """Make a call and return its value, the plain JSON it was made from, and the reply; with the option `resolve`, find out what came of it.

    Then an `UncertainOutcomeError` is raised with its `outcome`, within the time of the call.
    """
    options = arguments.get("options")
    clock = client._port.clock
    begun = clock.monotonic()
    failure: UncertainOutcomeError
    try:
        sending = client._ask(operation, arguments, lambda raw: (*received(operation, raw, client._reading), raw))
        del arguments  # a traceback with local variables shows none
        return await sending
    except UncertainOutcomeError as error:
        question = error._question
        if options is None or not resolves(options) or question is None:
            raise
        failure = error
    total = client._timeout if isinstance(options.timeout, Unset) else options.timeout
    left = None if total is None else max(total - (clock.monotonic() - begun), 0.001)
    failure.outcome = await question.settle(client, wait=_LONGEST_WAIT if left is None else left, budget=left)
    raise failure


async def _look(
    client: Asker, check: OutcomeCheck, asked: Asked, options: CallOptions, age: float | None
) -> Outcome | None:
    """Read back once, over all pages; None where the call does not show. `age` are the seconds an entry of it can be old."""
    read = check.read()
    try:
        return await _read(client, read, check, asked, options, age)
    except (LoyaltyError, Misfit, Stuck) as error:
        return StillUnknown(f"{read.id}, which would show it, failed: {type(error).__name__}", ask_again=_FIRST_PAUSE)


async def _read(
    client: Asker, read: Operation[Any], check: OutcomeCheck, asked: Asked, options: CallOptions, age: float | None
) -> Outcome | None:
    style = read.pagination if isinstance(read, PagedOperation) else None
    query = asked.query if style is None else style.begin(dict(asked.query))
    last, seen = None, set[str]()
    for _ in range(_PAGES):
        raw = await client._send(
            read, {"path": asked.path, "query": query, "headers": asked.headers, "options": options}
        )
        if raw.status >= 300 and raw.status not in check.absent:
            return StillUnknown(f"{read.id}, which would show it, answered {raw.status}", ask_again=_FIRST_PAUSE)
        value = None if raw.status >= 300 else parse_json(raw)
        items = dig(value, check.items)
        entries: list[object] = items if isinstance(items, list) else [] if items is None else [items]
        if items is None and raw.status < 300:
            return StillUnknown(f"{read.id} answered without {check.items or 'a body'}")
        found = [entry for entry in entries if _fits(asked.entry, entry)]
        if found:
            now = http_date(raw.headers.get("date", "")) or client._port.clock.time()
            return _shown(check, asked, found, None if age is None else now - age)
        page = ReadPage(query, value, len(entries), raw, seen=seen, again=bool(entries) and raw.content == last)
        following = None if style is None or raw.status >= 300 else style.after(page)
        if following is None:
            return Applied(None, certain=check.certain) if check.gone else None
        query, last = following, raw.content
    return StillUnknown(f"{read.id} has more than {_PAGES} pages")


def _fits(wanted: Mapping[str, object], entry: object) -> bool:
    return all(alike(value, dig(entry, name)) for name, value in wanted.items())


def _shown(check: OutcomeCheck, asked: Asked, found: list[object], earliest: float | None) -> Outcome | None:
    """Judge the entries that count as this call; by the vendor's clock it was made after `earliest`."""
    if check.gone:
        return None
    if len(found) > 1:
        return StillUnknown(f"{len(found)} entries are like this call; give each call a text or number of its own")
    for name, value in asked.same.items():
        if not alike(value, dig(found[0], name)):
            return StillUnknown(f"an entry is like this call but differs in {name}: another call used its key")
    told = moment(dig(found[0], check.time)) if check.time else None
    if told is not None and earliest is not None and told < earliest:
        return StillUnknown("an entry is like this call but older; give each call a text or number of its own")
    return Applied(found[0], certain=check.certain)
