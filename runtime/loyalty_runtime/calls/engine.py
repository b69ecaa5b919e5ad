"""The engine: one logical call with its permits, token, attempts, repeats and redirects. Written once for sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ArgumentError, LoyaltyError, TransportFailure
from ..options import CONNECT_TIMEOUT
from ..wire.headers import FieldList
from ..wire.messages import RawResponse, Request
from .addresses import follow
from .call import Call
from .failures import connection_error, limit_error, timeout_error
from .redaction import body_for_log, logger
from .retry import RETRY_STATUSES, backoff, repeatable_failure, retry_after

if TYPE_CHECKING:
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..wire.messages import Origin
    from .auth import Token, TokenSource
    from .limits import RateLimiter
    from .tokens import TokenEndpoint

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MAX_REDIRECTS = 5


class Engine:
    """What all calls of a client, and of those derived from it, share."""

    __slots__ = ("_keys", "closed", "io", "limiter", "log_bodies", "origin", "prefix", "tokens", "vendor")

    def __init__(
        self,
        *,
        vendor: Vendor,
        io: IO,
        origin: Origin,
        prefix: str,
        limiter: RateLimiter | None,
        log_bodies: bool,
        tokens: TokenEndpoint,
    ) -> None:
        self.vendor = vendor
        self.io = io
        self.origin = origin
        self.prefix = prefix
        self.limiter = limiter
        self.log_bodies = log_bodies
        self.tokens = tokens
        self.closed = False
        self._keys: dict[tuple[Origin, str, str], str] = {}

    async def exchange(self, call: Call) -> RawResponse:
        """Run one logical call and return its last reply, whatever its status.

        Raises `APIConnectionError`, `APITimeoutError`, `RateLimitError` (the client's own limiter) and, from the token endpoint, any `APIError`.
        """
        self.check_open()
        io = self.io
        clock = io.clock
        deadline = None if call.timeout is None else call.started + call.timeout
        source = call.plan.tokens if call.plan is not None else None
        token: Token | None = None
        refused: Token | None = None
        attempts = repeats = redirects = 0
        while True:
            if call.limits:
                await self.permit(call, deadline, attempts)
            if source is not None:
                token = source.current
                if token is None or token is refused or not token.fresh(clock.monotonic()):
                    token = await self.token(call, source, refused, deadline)
            left = None if deadline is None else deadline - clock.monotonic()
            if left is not None and left <= 0:
                raise timeout_error(call, attempts, "ran out of its time budget before sending")
            attempts += 1
            failure: TransportFailure | None = None
            response: RawResponse | None = None
            try:
                response = await io.send(self.request(call, token, left))
            except TransportFailure as error:
                failure = error
            if failure is not None or response is None:
                failure = failure or TransportFailure("cut", "the transport gave no reply", sent=True)
                self.log(call, attempts, failure.detail, None)
                wait = self.wait_after_failure(call, failure, repeats, deadline)
                if wait is None:
                    raise connection_error(call, failure, attempts)
            else:
                response.attempts = attempts
                status = response.status
                if status < 300:
                    self.log(call, attempts, str(status), response)
                    return response
                self.log(call, attempts, str(status), response)
                if status == 401 and self.renew(source, token, refused, call):
                    refused = token
                    continue
                if status in _REDIRECTS and redirects < _MAX_REDIRECTS and self._redirect(call, response):
                    redirects += 1
                    continue
                wait = self.wait_after_status(call, response, repeats, deadline)
                if wait is None:
                    return response
            repeats += 1
            await io.sleep(wait)

    def request(self, call: Call, token: Token | None, left: float | None) -> Request:
        """Build one attempt."""
        fields = call.fields
        if token is not None and call.origin == self.origin:
            fields = FieldList(fields)
            if not any(name.lower() == b"authorization" for name, _ in fields):
                fields.extend(token.fields)
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

    async def token(self, call: Call, source: TokenSource, refused: Token | None, deadline: float | None) -> Token:
        """Return a token that is fresh and not the refused one; raise what the token request raises."""
        left = None if deadline is None else max(deadline - self.io.clock.monotonic(), 0.001)
        failure: TransportFailure
        try:
            return await source.get(self.io, lambda src, old: self.tokens.fetch(self, src, old, left), left, refused)
        except TransportFailure as error:
            failure = error
        raise connection_error(call, failure, 0)

    def renew(self, source: TokenSource | None, token: Token | None, refused: Token | None, call: Call) -> bool:
        """Say whether a reply of 401 may be followed by one attempt with a new token."""
        return (
            source is not None and token is not None and refused is None and source.renewable and call.repeatable_body
        )

    def _redirect(self, call: Call, response: RawResponse) -> bool:
        """Point the call at the new place when that is on the same server; credentials never follow to another one."""
        location = response.headers.get("location")
        if location is None or call.operation.method not in ("GET", "HEAD"):
            return False
        try:
            origin, target = follow(call.origin, call.target, location)
        except ArgumentError:
            return False
        if origin != call.origin:
            return False
        call.target = target
        return True

    def wait_after_failure(
        self, call: Call, failure: TransportFailure, repeats: int, deadline: float | None
    ) -> float | None:
        """Return the wait before another attempt, None when there must be none."""
        if repeats >= call.max_retries or not repeatable_failure(failure, call.safe) or not call.repeatable_body:
            return None
        return self._fits(call, backoff(repeats + 1, self.io.clock), deadline, keyed=failure.sent)

    def wait_after_status(
        self, call: Call, response: RawResponse, repeats: int, deadline: float | None
    ) -> float | None:
        """Return the wait before another attempt, None when this reply is the last."""
        if response.status not in RETRY_STATUSES or repeats >= call.max_retries:
            return None
        if not call.safe or not call.repeatable_body:
            return None
        asked = retry_after(response.headers, self.io.clock)
        return self._fits(call, max(backoff(repeats + 1, self.io.clock), asked or 0.0), deadline, keyed=True)

    def _fits(self, call: Call, wait: float, deadline: float | None, *, keyed: bool) -> float | None:
        """Return the wait if another attempt after it still makes sense: within the budget, and while the vendor knows the key."""
        later = self.io.clock.monotonic() + wait
        if deadline is not None and later >= deadline:
            return None
        if keyed and call.key_seconds is not None and later - call.started >= call.key_seconds:
            return None
        return wait

    async def permit(self, call: Call, deadline: float | None, attempts: int) -> None:
        """Wait for a permit of the rate limits; raise `RateLimitError` when that would outlast the call."""
        if not call.limits or self.limiter is None:
            return
        limiter = self.limiter
        clock = self.io.clock
        key = self._limit_key(call)
        while True:
            if limiter.shared:
                wait = await self.io.run(lambda: limiter.take(key, call.limits, clock))
            else:
                wait = limiter.take(key, call.limits, clock)
            if not wait:
                return
            if deadline is not None and clock.monotonic() + wait >= deadline:
                raise limit_error(call, wait, attempts)
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

    def log(self, call: Call, attempts: int, outcome: str, response: RawResponse | None) -> None:
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
            attempts,
            outcome,
        )
        # Bodies of token requests (those without a plan) are credentials from end to end.
        if self.log_bodies and response is not None and call.plan is not None:
            media = next((v.decode("latin-1") for n, v in call.fields if n.lower() == b"content-type"), "")
            log.debug("sent %s", body_for_log(call.body, media))
            log.debug("received %s", body_for_log(response.content, response.headers.get("content-type", "")))
