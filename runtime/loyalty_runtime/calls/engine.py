"""The engine: one logical call with its permits, token, attempts, repeats and redirects. Written once for sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ArgumentError, LoyaltyError, TransportFailure
from ..options import CONNECT_TIMEOUT
from ..wire.headers import FieldList
from ..wire.messages import Request
from .addresses import follow
from .failures import connection_error, limit_error, timeout_error
from .redaction import body_for_log, logger
from .retry import RETRY_STATUSES, backoff, repeatable_failure, retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..declared.servers import Server
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..wire.messages import Origin, RawResponse
    from .auth import Token, TokenSource
    from .call import Call
    from .limits import RateLimiter

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAX_REDIRECTS = 5


class Engine:
    """What all calls of a client, and of those derived from it, share."""

    __slots__ = ("_keys", "closed", "fetch_token", "io", "limiter", "log_bodies", "origin", "place", "prefix", "vendor")

    fetch_token: Callable[[TokenSource, Token | None, float | None], Awaitable[Token]]

    def __init__(
        self,
        *,
        vendor: Vendor,
        io: IO,
        origin: Origin,
        prefix: str,
        limiter: RateLimiter | None,
        log_bodies: bool,
        place: Callable[[Mapping[str, Server]], tuple[Origin, str]],
    ) -> None:
        self.vendor = vendor
        self.io = io
        self.origin = origin
        self.prefix = prefix
        self.place = place
        self.limiter = limiter
        self.log_bodies = log_bodies
        self.closed = False
        self._keys: dict[tuple[Origin, str, str], str] = {}

    async def exchange(self, call: Call) -> RawResponse:
        """Run one logical call and return its last reply, whatever its status; calls, downloads and token requests all run here.

        Raises `APIConnectionError`, `APITimeoutError`, `RateLimitError` (the client's own limiter) and, from the token endpoint, any `APIError`.
        """
        self.check_open()
        io = self.io
        while True:
            if call.limits:
                await self._permit(call)
            source = call.plan.tokens if call.plan is not None else None
            if source is not None:
                token = source.current
                if token is None or token is call.refused or not token.fresh(io.clock.monotonic()):
                    token = await self._token(call, source)
                call.token = token
            outcome = await self._attempt(call)
            if isinstance(outcome, TransportFailure):
                wait = self._wait_after_failure(call, outcome)
                if wait is None:
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
            await io.sleep(wait)

    async def _attempt(self, call: Call) -> RawResponse | TransportFailure:
        """Make one attempt and return what came of it; each attempt passes here, once."""
        left = None if call.deadline is None else call.deadline - self.io.clock.monotonic()
        if left is not None and left <= 0:
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
        outcome = outcome or TransportFailure("cut", "the transport gave no reply", sent=True)
        if not isinstance(outcome, TransportFailure):
            outcome.attempts = call.attempts
        self._log(call, outcome)
        return outcome

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

    async def _token(self, call: Call, source: TokenSource) -> Token:
        """Return a token that is fresh and not the refused one; raise what the token request raises."""
        left = None if call.deadline is None else max(call.deadline - self.io.clock.monotonic(), 0.001)
        failure: TransportFailure
        try:
            return await source.get(self.io, lambda src, old: self.fetch_token(src, old, left), left, call.refused)
        except TransportFailure as error:
            failure = error
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
        if call.deadline is not None and later >= call.deadline:
            return None
        if keyed and call.key_seconds is not None and later - call.started >= call.key_seconds:
            return None
        return wait

    async def _permit(self, call: Call) -> None:
        """Wait for a permit of the rate limits; raise `RateLimitError` when that would outlast the call."""
        limiter, clock = self.limiter, self.io.clock
        if limiter is None:
            return
        key = self._limit_key(call)
        while True:
            if limiter.shared:
                wait = await self.io.run(lambda: limiter.take(key, call.limits, clock))
            else:
                wait = limiter.take(key, call.limits, clock)
            if not wait:
                return
            if call.deadline is not None and clock.monotonic() + wait >= call.deadline:
                raise limit_error(call, wait)
            log = logger()
            if log is not None:
                log.info("%s %s waits %.1f s for its rate limit", call.operation.vendor, call.operation.id, wait)
            await self.io.sleep(wait)

    def _limit_key(self, call: Call) -> str:
        scope = call.operation.id if call.operation.rate_limits is not None else ""
        place = (call.origin, scope, call.identity)
        key = self._keys.get(place)
        if key is None:
            from hashlib import blake2b

            text = f"{call.operation.vendor}\0{call.origin!r}\0{scope}\0{call.identity}"
            key = self._keys[place] = blake2b(text.encode(), digest_size=12).hexdigest()
        return key

    def check_open(self) -> None:
        """Raise `LoyaltyError` when the client has been closed."""
        if self.closed:
            raise LoyaltyError(f"This {self.vendor.name} client is closed; make a new one.")

    def _log(self, call: Call, outcome: RawResponse | TransportFailure) -> None:
        """Write what came of an attempt to the debug log."""
        log = logger()
        if log is None or not log.isEnabledFor(10):
            return
        operation = call.operation
        log.debug(
            "%s %s: %s %s, attempt %d: %s",
            operation.vendor,
            operation.id,
            operation.method,
            operation.path,
            call.attempts,
            outcome.detail if isinstance(outcome, TransportFailure) else outcome.status,
        )
        # Bodies of token requests (those without a plan) are credentials from end to end.
        if self.log_bodies and call.plan is not None and not isinstance(outcome, TransportFailure):
            media = next((v.decode("latin-1") for n, v in call.fields if n.lower() == b"content-type"), "")
            log.debug("sent %s", body_for_log(call.body, media))
            log.debug("received %s", body_for_log(outcome.content, outcome.headers.get("content-type", "")))
