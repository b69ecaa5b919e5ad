"""What a call may be given: its options, its arguments, and the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypedDict

from .errors import ArgumentError
from .frozen import Frozen
from .secret import Secret
from .types import UNSET, Unset

DEFAULT_TIMEOUT = 60.0
CONNECT_TIMEOUT = 10.0
DEFAULT_RETRIES = 2
DEFAULT_MAX_BODY = 64 * 1024 * 1024
MAX_FILE = 1024 * 1024 * 1024


class CallOptions(Frozen, kw_only=True):
    """Options of one call; what is left out comes from the client.

    `timeout` is the budget of the whole call in seconds, with retries and waits; None waits for ever.
    `max_retries` counts repeats after the first attempt.
    `headers` are added to the client's; a value of None removes one.
    `idempotency_key` replaces the generated value where the operation has an idempotency header.
    `repeat=True` allows repeats of an operation that declares a natural key: the caller vouches for the key in the body.
    `resolve=True` asks the vendor what came of a call whose answer was lost, in the last third of its time, before `UncertainOutcomeError` is raised.
    `read_only=True` refuses an operation that may change something; `dry_run=True` raises `NotSent`, which shows the request.
    """

    timeout: float | Unset | None = UNSET
    max_retries: int | Unset = UNSET
    headers: Mapping[str, str | None] | None = None
    idempotency_key: str | None = None
    repeat: bool = False
    resolve: bool = False
    read_only: bool = False
    dry_run: bool = False

    def _complete(self) -> None:
        check_timeout(self.timeout)
        check_retries(self.max_retries)
        if self.headers is not None and not isinstance(self.headers, Mapping):
            raise ArgumentError(
                f"headers is of type {type(self.headers).__name__}; give a mapping.", argument="headers"
            )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> object:
        """Let `pydantic.validate_call` take options as they are."""
        from pydantic_core import core_schema

        return core_schema.is_instance_schema(cls)

    def __repr__(self) -> str:
        return f"CallOptions(timeout={self.timeout!r}, max_retries={self.max_retries!r}, headers={list(self.headers or ())!r})"


def resolves(options: object) -> bool:
    """Say whether a call with these options finds out itself what came of it; raise `ArgumentError` for what are no options."""
    if options is None:
        return False
    if not isinstance(options, CallOptions):
        raise ArgumentError(f"options is of type {type(options).__name__}; give CallOptions.", argument="options")
    return options.resolve


def check_timeout(timeout: float | Unset | None) -> None:
    """Raise `ArgumentError` unless the timeout is a positive number, None or absent."""
    if timeout is None or isinstance(timeout, Unset):
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
        raise ArgumentError(
            f"timeout is {timeout!r}; give seconds above 0, or None to wait for ever.", argument="timeout"
        )


def check_retries(retries: int | Unset) -> None:
    """Raise `ArgumentError` unless the count is absent or from 0 to 10."""
    if isinstance(retries, Unset):
        return
    if isinstance(retries, bool) or not isinstance(retries, int) or not 0 <= retries <= 10:
        raise ArgumentError(f"max_retries is {retries!r}; give a number from 0 to 10.", argument="max_retries")


class SentArguments(TypedDict, total=False):
    """What a call may be given besides its address; absent and None values are left out.

    At most one body: `json` (any value or model), `form`, `multipart` (pairs of name and value), or `content` with `content_type`.
    """

    headers: Mapping[str, object] | None
    json: object
    form: Mapping[str, object] | None
    multipart: list[tuple[str, object]] | None
    content: object
    content_type: str
    options: CallOptions | None


class CallArguments(SentArguments, total=False):
    """What generated code gives to a call; `path`, `query`, `headers`, `cookies` map names on the wire to Python values."""

    path: Mapping[str, object]
    query: Mapping[str, object] | None
    cookies: Mapping[str, object]


Credential: TypeAlias = str | Secret | None
