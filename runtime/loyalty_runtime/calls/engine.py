"""The engine: one logical call with its permits, token, attempts, repeats and redirects. Written once for sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..errors import APIStatusError, ArgumentError, LoyaltyError, TransportFailure, UncertainOutcomeError, unreadable
from ..headers import request_id
from ..options import CONNECT_TIMEOUT
from ..types import Unset
from ..wire.messages import FieldList, Request
from .addresses import follow
from .retry import PATIENCE, RETRY_STATUSES, backoff, may_have_worked, repeatable_failure, retry_after
from .watch import next_call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Unpack

    from ..declared.servers import Server
    from ..declared.vendor import Vendor
    from ..events import Facts, Kind
    from ..http.ports import IO
    from ..wire.messages import Origin, RawResponse
    from .auth import Token, TokenSource
    from .call import Call
    from .har import HarFile
    from .limits import RateLimiter
    from .watch import Watch


T = TypeVar("T")
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAX_REDIRECTS = 5


class Engine:
    """What all calls of a client, and of those derived from it, share."""

    __slots__ = (
        "_limiter",
        "closed",
        "fetch_token",
        "io",
        "keys",
        "origin",
        "place",
        "prefix",
        "recorder",
        "vendor",
        "watch",
    )

    fetch_token: Callable[[TokenSource, Token | None, float | None], Awaitable[Token]]

    def __init__(
        self,
        *,
        vendor: Vendor,
        io: IO,
        origin: Origin,
        prefix: str,
        limiter: RateLimiter | Unset | None,
        watch: Watch,
        recorder: HarFile | None,
        place: Callable[[Mapping[str, Server]], tuple[Origin, str]],
    ) -> None:
        self.vendor = vendor
        self.io = io
        self.origin = origin
        self.prefix = prefix
        self.place = place
        self._limiter = limiter
        self.watch = watch
        self.recorder = recorder
        self.closed = False
        self.keys: dict[tuple[Origin, str, str], str] = {}

    @property
    def limiter(self) -> RateLimiter | None:
        """The limiter that was given, else the one that all clients of the process share, made where something has limits."""
        if isinstance(self._limiter, Unset):
            from .limits import default_limiter

            self._limiter = default_limiter()
        return self._limiter

    async def read(self, call: Call, reader: Callable[[RawResponse], T]) -> T:
        """Run one logical call and return what is read from its last reply; calls, pages, downloads and token requests all run here.

        Raises `APIConnectionError`, `APITimeoutError`, `RateLimitError` (the client's own limiter), from the token endpoint any `APIError`,
        and what `reader` raises: the reading belongs to the call, so that its events come before the end.
        """
        try:
            return await self._read(call, reader)
        except OSError as error:  # what is imported at its first need cannot be read
            problem = self._unreadable(call, error)
        raise problem

    def _unreadable(self, call: Call, error: OSError) -> LoyaltyError:
        problem = unreadable(error)
        if call.question is None or not call.attempts:
            return problem
        operation = call.operation
        lost = UncertainOutcomeError(
            f"was sent, and its answer is lost: {problem}", vendor=operation.vendor, operation=operation.id
        )
        call.question.doubt(self.io.clock, call.started)
        lost._question = call.question
        return lost

    async def _read(self, call: Call, reader: Callable[[RawResponse], T]) -> T:
        self.check_open()
        if not self.watch.observers:
            return reader(await self._exchange(call))
        call.number = next_call()
        self.tell(call, "start")
        failure: BaseException | None = None
        reply: RawResponse | None = None
        try:
            reply = await self._exchange(call)
            return reader(reply)
        except BaseException as error:
            failure = None if isinstance(error, APIStatusError) and reply is not None else error
            raise
        finally:
            self.tell(
                call,
                "end",
                status=None if reply is None else reply.status,
                failure=None if failure is None else type(failure).__name__,
                problem=None if failure is None else getattr(failure, "problem", None) or type(failure).__name__,
                seconds=self.io.clock.monotonic() - call.started,
                request_id=None if reply is None else request_id(reply.headers),
            )

    async def _exchange(self, call: Call) -> RawResponse:
        io = self.io
        source = call.plan.tokens if call.plan is not None else None
        while True:
            if source is not None:
                await self._bring_token(call, source)
            if call.limits and self.limiter is not None:
                from .limits import take_permit

                # Right before the attempt; after a wait the token may be an old one.
                while held := await take_permit(self, call, self.limiter):
                    await io.sleep(held)
                    if source is not None:
                        await self._bring_token(call, source)
            outcome = await self._attempt(call)
            if isinstance(outcome, TransportFailure):
                wait = self._wait_after_failure(call, outcome)
                if wait is None:
                    from .failures import connection_error

                    raise connection_error(call, outcome)
            else:
                status = outcome.status
                if status < 300:
                    return outcome
                if status == 401 and self._renew(call, source):
                    continue
                if status in _REDIRECTS and self._redirect(call, outcome):
                    continue
                wait = self._wait_after_status(call, outcome)
                if wait is None:
                    return outcome
            call.repeats += 1
            self.tell(call, "wait", seconds=wait, failure="before it is repeated")
            await io.sleep(wait)

    async def _attempt(self, call: Call) -> RawResponse | TransportFailure:
        """Make one attempt and return what came of it; each attempt passes here, once."""
        begun = self.io.clock.monotonic()
        left = None if call.deadline is None else call.deadline - begun
        if left is not None and left <= 0:
            from .failures import timeout_error

            await self._settle(call, sent=False)
            raise timeout_error(call, "ran out of its time budget before sending")
        call.attempts += 1
        request = self._request(call, left)
        outcome: RawResponse | TransportFailure
        try:
            outcome = await (
                self.io.send(request) if call.delivery is None else call.delivery.receive(self.io, request)
            )
        except TransportFailure as error:
            outcome = error
        except BaseException:
            if call.permit and self.limiter is not None and not self.limiter.shared:
                await self._settle(call, sent=True)
            raise  # in a shared store the permit ends by itself: a call that is cancelled waits for nothing
        outcome = outcome or TransportFailure("cut", "the transport gave no reply", sent=True)
        await self._settle(call, sent=not isinstance(outcome, TransportFailure) or outcome.sent)
        if call.question is not None and may_have_worked(outcome):
            call.question.doubt(self.io.clock, call.started)
        if not isinstance(outcome, TransportFailure):
            outcome.attempts = call.attempts
            outcome.call = call.number
            outcome.question = call.question
        self._report(call, request, outcome, self.io.clock.monotonic() - begun)
        return outcome

    async def _settle(self, call: Call, *, sent: bool) -> None:
        if call.permit:
            from .limits import settle

            await settle(self, call, sent=sent)

    def _request(self, call: Call, left: float | None) -> Request:
        fields = call.fields
        if call.token is not None and call.origin == self.origin:
            fields = FieldList(fields)
            if not any(name.lower() == b"authorization" for name, _ in fields):
                fields.extend(call.token.fields)
        return Request(
            method=call.operation.method,
            origin=call.origin,
            target=call.target,
            headers=fields,
            body=call.body,
            timeout=left,
            connect_timeout=CONNECT_TIMEOUT,
            max_body=call.max_body,
        )

    async def _bring_token(self, call: Call, source: TokenSource) -> None:
        """Give the call a token that is fresh and not the refused one; raise what the token request raises."""
        token = source.current
        if token is None or token is call.refused or not token.fresh(self.io.clock.monotonic()):
            left = None if call.deadline is None else max(call.deadline - self.io.clock.monotonic(), 0.001)
            token = await self._token(call, source, left)
        call.token = token

    async def _token(self, call: Call, source: TokenSource, left: float | None) -> Token:
        failure: TransportFailure
        try:
            return await source.get(self.io, lambda src, old: self.fetch_token(src, old, left), left, call.refused)
        except TransportFailure as error:
            failure = error
        from .failures import connection_error

        raise connection_error(call, failure)

    def _renew(self, call: Call, source: TokenSource | None) -> bool:
        """Say whether a reply of 401 is followed by one attempt with a new token."""
        if source is None or not source.renewable or call.refused is not None or not call.repeatable_body:
            return False
        call.refused = call.token
        return True

    def _redirect(self, call: Call, response: RawResponse) -> bool:
        """Point a GET at the new place when that is on the same server; credentials never follow to another one."""
        location = response.headers.get("location")
        if location is None or call.operation.method not in ("GET", "HEAD") or call.redirects >= _MAX_REDIRECTS:
            return False
        call.redirects += 1
        if call.delivery is not None:
            return call.delivery.redirect(call, location)
        try:
            origin, target = follow(call.origin, call.target, location)
        except ArgumentError:
            return False
        if origin != call.origin:
            return False
        call.target = target
        return True

    def _wait_after_failure(self, call: Call, failure: TransportFailure) -> float | None:
        """Return the wait before another attempt, None when there must be none."""
        if call.repeats >= call.max_retries or not repeatable_failure(failure, call.safe) or not call.repeatable_body:
            return None
        return self._fits(call, backoff(call.repeats + 1, self.io.clock), keyed=failure.sent)

    def _wait_after_status(self, call: Call, response: RawResponse) -> float | None:
        """Return the wait before another attempt, None when this reply is the last."""
        if response.status not in RETRY_STATUSES or call.repeats >= call.max_retries:
            return None
        if not call.safe or not call.repeatable_body:
            return None
        asked = retry_after(response.headers, self.io.clock)
        return self._fits(call, max(backoff(call.repeats + 1, self.io.clock), asked or 0.0), keyed=True)

    def _fits(self, call: Call, wait: float, *, keyed: bool) -> float | None:
        """Return the wait if another attempt after it still makes sense: within the budget, and while the vendor knows the key."""
        later = self.io.clock.monotonic() + wait
        if wait > PATIENCE or (call.deadline is not None and later >= call.deadline):
            return None
        if keyed and call.key_seconds is not None and later - call.started >= call.key_seconds:
            return None
        return wait

    def check_open(self) -> None:
        """Raise `LoyaltyError` when the client has been closed."""
        if self.closed:
            raise LoyaltyError(f"This {self.vendor.name} client is closed; make a new one.")

    def tell(self, call: Call, kind: Kind, /, **facts: Unpack[Facts]) -> None:
        """Tell what happened in a call."""
        facts["call"] = call.number
        self.watch.tell(kind, call.operation, call.origin, **facts)

    def _report(self, call: Call, request: Request, outcome: RawResponse | TransportFailure, seconds: float) -> None:
        """Tell what came of an attempt."""
        facts: Facts = {"call": call.number, "attempt": call.attempts, "seconds": seconds}
        if isinstance(outcome, TransportFailure):
            facts |= {"failure": outcome.detail, "problem": outcome.problem}
        else:
            facts |= {"status": outcome.status, "size": len(outcome.content)}
            facts["request_id"] = request_id(outcome.headers) if self.watch.observers else None
        self.watch.tell("attempt", call.operation, call.origin, **facts)
        if self.recorder is not None:
            self.recorder.add(call, request, outcome, seconds)
