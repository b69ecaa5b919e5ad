"""The part of the clients that is written by hand; it knows no vendor.

Rooms, the lowest first; no module imports one of a higher room:

1. Basics: `errors` (the error tree), `events` (what happens in a call), `headers` (received ones), `options` (those of a call,
   its arguments), `outcomes` (of a call whose answer was lost), `clock`, `secret`, `types` (`UNSET`, `Unset`, `File`), `frozen` (the base of records)
2. `wire`, values to bytes and back: `messages` (neutral request and reply), `transports` (what sends them), `values` (what a request can
   carry), `encoding`, `bodies`, `multipart`, `jsonio`, `reply` (how a documented reply is read), `misfits` (who asks for them), `decoding`
3. `declared`, what generated code declares and is made of: `operation` (with the read that settles a call), `pages` (the styles of lists), `schemes` (the ways to
   authenticate), `servers`, `vendor`, `modeling` (models), `reading` (their readers), `enums`, `pydantic_bridge`, `arguments` (and their rules),
   `facade`, `lazy`
4. `http`, the only room that imports an HTTP library: `ports` (blocking and asynchronous input and output), `transport` and
   `async_transport` (the default), `seam` (the only module that imports httpx), `httpx_transport` (over a client of yours),
   `pool`, `async_pool`, `places` (who gets which connection), `connection`, `routes`, `tunnels`, `streams`, `tls`, `async_streams`, `reach`
   (HTTP/1.1, tunnels, TLS and sockets, addresses), `connections`, `proxies`, `inflate`, `failures`, `fork`
5. `calls`, one logical call: `core` (what both kinds of client share), `settings`, `build` (settings to engine), `call`,
   `engine` (token, permit, attempts), `retry`, `limits` (and permits), `credentials`, `auth`, `tokens`, `addresses`,
   `rawcall`, `replies` (a reply to its value), `outcome` (asking what came of a call), `alike` (what it asks for), `failures` (a failure to its error), `guards` (what
   a client refuses to send), `watch` (who is told what happens), `har` (traffic in a file), `tokenstore`, `stores`,
   `store_sqlite`, `store_redis`, `bounded` (limits and tokens that processes share)
6. Doors: `client`, `async_client`, `resolving` (asking about a call of another process), `paging`, `jobs`, `download`, `response`, `otel` (tracing), `webhooks` (messages that a vendor sends), `pydantic_models` (the base of the models packages)

Importing this package imports none of them: names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._version import __version__ as __version__
    from .async_client import AsyncBaseClient as AsyncBaseClient
    from .calls.har import HarFile as HarFile
    from .calls.limits import RateLimiter as RateLimiter
    from .calls.settings import AsyncClientSettings as AsyncClientSettings
    from .calls.settings import ClientSettings as ClientSettings
    from .calls.tokenstore import TokenStore as TokenStore
    from .client import BaseClient as BaseClient
    from .clock import Clock as Clock
    from .declared.operation import BelowKey as BelowKey
    from .declared.operation import CursorLinks as CursorLinks
    from .declared.operation import Idempotency as Idempotency
    from .declared.operation import LongOperation as LongOperation
    from .declared.operation import LongRunning as LongRunning
    from .declared.operation import Operation as Operation
    from .declared.operation import OutcomeCheck as OutcomeCheck
    from .declared.operation import PagedOperation as PagedOperation
    from .declared.operation import PageLinks as PageLinks
    from .declared.operation import PageNumber as PageNumber
    from .declared.operation import Range as Range
    from .declared.operation import RateLimit as RateLimit
    from .declared.operation import Reply as Reply
    from .declared.operation import StartKey as StartKey
    from .declared.schemes import ApiKey as ApiKey
    from .declared.schemes import Basic as Basic
    from .declared.schemes import Bearer as Bearer
    from .declared.schemes import OAuth2 as OAuth2
    from .declared.schemes import TokenExchange as TokenExchange
    from .declared.vendor import Server as Server
    from .declared.vendor import Vendor as Vendor
    from .errors import APIConnectionError as APIConnectionError
    from .errors import APIError as APIError
    from .errors import APIStatusError as APIStatusError
    from .errors import APITimeoutError as APITimeoutError
    from .errors import ArgumentError as ArgumentError
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequestError as BadRequestError
    from .errors import ConflictError as ConflictError
    from .errors import DecodeError as DecodeError
    from .errors import FieldProblem as FieldProblem
    from .errors import InferredOperationWarning as InferredOperationWarning
    from .errors import InternalServerError as InternalServerError
    from .errors import JobFailedError as JobFailedError
    from .errors import LoyaltyError as LoyaltyError
    from .errors import MisfitError as MisfitError
    from .errors import NotFoundError as NotFoundError
    from .errors import NotSent as NotSent
    from .errors import PaginationError as PaginationError
    from .errors import PermissionDeniedError as PermissionDeniedError
    from .errors import RateLimitError as RateLimitError
    from .errors import StoreError as StoreError
    from .errors import TransportFailure as TransportFailure
    from .errors import UncertainOutcomeError as UncertainOutcomeError
    from .errors import UncertainReplyError as UncertainReplyError
    from .errors import UncertainServerError as UncertainServerError
    from .errors import UncertainStatusError as UncertainStatusError
    from .errors import UncertainTimeoutError as UncertainTimeoutError
    from .errors import UnprocessableEntityError as UnprocessableEntityError
    from .errors import WebhookError as WebhookError
    from .events import Event as Event
    from .headers import Headers as Headers
    from .http.connections import ConnectionOptions as ConnectionOptions
    from .http.httpx_transport import AsyncHttpxTransport as AsyncHttpxTransport
    from .http.httpx_transport import HttpxTransport as HttpxTransport
    from .jobs import AsyncJob as AsyncJob
    from .jobs import Job as Job
    from .options import CallArguments as CallArguments
    from .options import CallOptions as CallOptions
    from .options import Credential as Credential
    from .outcomes import Applied as Applied
    from .outcomes import NotApplied as NotApplied
    from .outcomes import Outcome as Outcome
    from .outcomes import StillUnknown as StillUnknown
    from .paging import AsyncPages as AsyncPages
    from .paging import Page as Page
    from .paging import SyncPages as SyncPages
    from .resolving import aoutcome_of as aoutcome_of
    from .resolving import outcome_of as outcome_of
    from .response import Response as Response
    from .secret import Secret as Secret
    from .types import UNSET as UNSET
    from .types import File as File
    from .types import Unset as Unset
    from .wire.messages import FieldList as FieldList
    from .wire.messages import Origin as Origin
    from .wire.messages import RawResponse as RawResponse
    from .wire.messages import Request as Request
    from .wire.messages import StreamedResponse as StreamedResponse
    from .wire.transports import AsyncTransport as AsyncTransport
    from .wire.transports import Transport as Transport

_WHERE = {
    "_version": "__version__",
    "async_client": "AsyncBaseClient",
    "client": "BaseClient",
    "http.connections": "ConnectionOptions",
    "http.httpx_transport": "AsyncHttpxTransport HttpxTransport",
    "errors": "APIConnectionError APIError APIStatusError APITimeoutError ArgumentError AuthenticationError BadRequestError"
    " ConflictError DecodeError FieldProblem InferredOperationWarning InternalServerError JobFailedError LoyaltyError MisfitError NotFoundError NotSent"
    " PaginationError PermissionDeniedError RateLimitError StoreError TransportFailure UncertainOutcomeError UncertainReplyError"
    " UncertainServerError UncertainStatusError UncertainTimeoutError UnprocessableEntityError WebhookError",
    "events": "Event",
    "headers": "Headers",
    "jobs": "AsyncJob Job",
    "calls.har": "HarFile",
    "calls.limits": "RateLimiter",
    "calls.tokenstore": "TokenStore",
    "wire.messages": "FieldList Origin RawResponse Request StreamedResponse",
    "wire.transports": "AsyncTransport Transport",
    "declared.operation": "BelowKey CursorLinks Idempotency LongOperation LongRunning Operation OutcomeCheck PagedOperation PageLinks PageNumber Range RateLimit Reply StartKey",
    "clock": "Clock",
    "options": "CallOptions",
    "outcomes": "Applied NotApplied Outcome StillUnknown",
    "paging": "AsyncPages Page SyncPages",
    "resolving": "aoutcome_of outcome_of",
    "response": "Response",
    "declared.schemes": "ApiKey Basic Bearer OAuth2 TokenExchange",
    "secret": "Secret",
    "types": "UNSET File Unset",
    "declared.vendor": "Server Vendor",
}
_MODULES = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = sorted(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]  # noqa: PLE0605

if not TYPE_CHECKING:  # or type checkers would let every misspelt name pass

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        from .declared.lazy import AnnotationNames

        owner = import_module(f"{__name__}.{module}")
        if not isinstance(owner.__builtins__, AnnotationNames):
            owner.__builtins__ = AnnotationNames(owner.__name__)  # for `typing.get_type_hints`
        value = getattr(owner, name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted(_MODULES)
