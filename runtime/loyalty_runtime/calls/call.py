"""One logical call: everything about it that stays the same over its attempts, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .._version import __version__
from ..errors import ArgumentError
from ..types import File, Unset
from ..wire.encoding import cookie_text, encode_form, encode_header, encode_path, encode_query, header_name
from ..wire.messages import FieldList
from ..wire.values import utf8
from .retry import may_repeat

if TYPE_CHECKING:
    from typing import Protocol

    from ..declared.operation import Operation, RateLimit
    from ..errors import Question
    from ..http.ports import IO
    from ..options import CallArguments, CallOptions
    from ..wire.bodies import Body
    from ..wire.messages import Origin, RawResponse, Request
    from .auth import AuthPlan, Token

    class Delivery(Protocol):
        """What a call does with its replies when they are not just read into memory; a download writes them to a file."""

        async def receive(self, io: IO, request: Request) -> RawResponse:
            """Send one attempt and take its reply."""
            ...

        def redirect(self, call: Call, location: str) -> bool:
            """Point the call at the place a redirect names; say whether it may go there."""
            ...


Fields = dict[bytes, tuple[bytes, bytes]]
_OWN_HEADERS = frozenset((b"host", b"content-length", b"transfer-encoding", b"connection"))
_NOTHING: Mapping[str, object] = {}
_NO_FIELDS = FieldList()
_FOR_EVER = 1e8  # seconds; beyond it clocks and locks of the system cannot count


class Call:
    """A call that is ready to be attempted, and how far it has come.

    `plan` is None for a call without this client's credentials; `key_seconds` is how long the vendor knows the idempotency key.
    `attempts`, `repeats` and `redirects` count; `token` goes with the next attempt, `refused` is the one a 401 came for.
    `given` are the caller's arguments, kept for a recording; `number` is what its events are known by, `permit` what the next attempt
    holds of the rate limits. `question` is what can be asked when its answer is lost, None where it changes nothing.
    """

    def __init__(
        self,
        operation: Operation[object],
        *,
        origin: Origin,
        target: str,
        started: float,
        timeout: float | None,
        max_retries: int,
        max_body: int,
        limits: tuple[RateLimit, ...],
        identity: str,
        plan: AuthPlan | None = None,
    ) -> None:
        self.operation = operation
        self.origin = origin
        self.target = target
        self.started = started
        self.deadline = None if timeout is None or timeout > _FOR_EVER else started + timeout
        self.max_retries = max_retries
        self.max_body = max_body
        self.limits = limits
        self.identity = identity
        self.plan = plan
        self.fields = _NO_FIELDS
        self.body: bytes | Body | None = None
        self.safe = False
        self.key_seconds: float | None = None
        self.delivery: Delivery | None = None
        self.attempts = self.repeats = self.redirects = 0
        self.token: Token | None = None
        self.refused: Token | None = None
        self.number = 0
        self.given: CallArguments | None = None
        self.permit = self.limit_key = ""
        self.question: Question | None = None

    @property
    def repeatable_body(self) -> bool:
        """Say whether the body can be sent a second time."""
        return self.body is None or isinstance(self.body, bytes) or self.body.repeatable

    def __repr__(self) -> str:
        return f"<Call {self.operation.vendor} {self.operation.id}>"


def build_target(prefix: str, operation: Operation[object], arguments: CallArguments, plan: AuthPlan) -> str:
    """Return path and query; raise `ArgumentError` for a path part that would reach another resource."""
    path = arguments.get("path") or _NOTHING
    target = prefix + encode_path(operation.parts, path, operation.id, operation.path_styles)
    given = arguments.get("query")
    query = encode_query(given, operation.query_styles) if given else ""
    if plan.query:
        extra = encode_query({name: secret.reveal() for name, secret in plan.query.items()}, {})
        query = f"{query}&{extra}" if query else extra
    if not query:
        return target
    return f"{target}&{query}" if "?" in target else f"{target}?{query}"  # some paths hold a query of their own


def base_fields(slug: str, origin: Origin, headers: Mapping[str, str]) -> FieldList:
    """Return the header fields every request of a client starts from."""
    fields = {
        b"host": (b"Host", origin.authority.encode("ascii")),
        b"accept": (b"Accept", b"application/json, */*;q=0.5"),
        b"accept-encoding": (b"Accept-Encoding", b"gzip, deflate"),
        b"user-agent": (b"User-Agent", f"loyalty-clients/{__version__} ({slug})".encode("ascii")),
    }
    for name in headers:
        put_field(fields, name, encode_header(name, headers[name]))
    return FieldList(fields.values())


def build_fields(
    call: Call, base: FieldList, arguments: CallArguments, options: CallOptions | None, content_type: str
) -> FieldList:
    """Merge the header fields of client, operation, caller and body; later ones replace earlier ones of the same name."""
    operation = call.operation
    headers = arguments.get("headers") or _NOTHING
    key = None
    if operation.idempotency is not None or options is not None:
        from .retry import idempotency_value

        key = idempotency_value(operation, headers, options)
    call.safe = may_repeat(operation, options, key is not None)
    call.key_seconds = operation.idempotency.seconds if operation.idempotency is not None else None
    cookies = arguments.get("cookies")
    plan_cookies = call.plan.cookies if call.plan is not None else None
    extra = options.headers if options is not None else None
    bodied = call.body is not None or operation.method in ("POST", "PUT", "PATCH")
    if not (headers or key or extra or cookies or plan_cookies or bodied):
        return base
    merged: Fields = {field[0].lower(): field for field in base}
    for name, value in headers.items():
        if value is not None and not isinstance(value, Unset):
            put_field(merged, name, encode_header(name, value))
    if key is not None:
        put_field(merged, key[0], encode_header(key[0], key[1]))
    if cookies or plan_cookies:
        put_field(merged, "Cookie", _cookie_header(cookies or _NOTHING, plan_cookies or _NOTHING))
    if content_type:
        merged.setdefault(b"content-type", (b"Content-Type", encode_header("Content-Type", content_type)))
    for name, value in (extra or _NOTHING).items():
        if value is None:
            merged.pop(header_name(name).lower(), None)
        else:
            put_field(merged, name, encode_header(name, value))
    if bodied:
        framing = _framing(call.body)
        merged[framing[0].lower()] = framing
    return FieldList(merged.values())


def _framing(body: bytes | Body | None) -> tuple[bytes, bytes]:
    length = len(body or b"") if body is None or isinstance(body, bytes) else body.length
    return (b"Transfer-Encoding", b"chunked") if length is None else (b"Content-Length", str(length).encode())


def put_field(merged: Fields, name: str, value: bytes) -> None:
    """Set a header field; raise `ArgumentError` for those that frame the message."""
    raw = header_name(name)
    lowered = raw.lower()
    if lowered in _OWN_HEADERS:
        raise ArgumentError(f"The header {name!r} is set by the client itself.", argument="headers")
    merged[lowered] = (raw, value)


def merge_fields(base: FieldList, more: FieldList) -> FieldList:
    """Return the fields of both; a later one replaces an earlier one of the same name."""
    return FieldList({field[0].lower(): field for field in (*base, *more)}.values())


def aimed(base: FieldList, origin: Origin) -> FieldList:
    """Return the fields with the host of another server."""
    return merge_fields(base, FieldList([(b"Host", origin.authority.encode("ascii"))]))


def _cookie_header(given: Mapping[str, object], secrets: Mapping[str, object]) -> bytes:
    from ..secret import Secret

    pairs = []
    for name, value in {**given, **secrets}.items():
        if value is None or isinstance(value, Unset):
            continue
        text = value.reveal() if isinstance(value, Secret) else cookie_text(value, name)
        if any(not "!" <= c <= "~" or c in ';,"\\' for c in text):
            raise ArgumentError(f"The cookie {name!r} holds a character that cookies cannot carry.", argument=name)
        pairs.append(b"%s=%s" % (header_name(name), text.encode("ascii")))
    return b"; ".join(pairs)


def build_body(arguments: CallArguments) -> tuple[bytes | Body | None, str]:
    """Return the body and its content type; raise `ArgumentError` for two bodies or one that cannot be written."""
    kinds = [name for name in ("json", "form", "multipart", "content") if _given(arguments, name)]
    if not kinds:
        return None, ""
    if len(kinds) > 1:
        raise ArgumentError(f"Two bodies were given, {kinds[0]} and {kinds[1]}; give one.", argument=kinds[1])
    kind = kinds[0]
    media = arguments.get("content_type", "")
    if kind == "json":
        from ..wire.jsonio import dump_json

        return dump_json(arguments.get("json")), media or "application/json"
    if kind == "form":
        form = arguments.get("form") or {}
        to_dict = getattr(form, "to_dict", None)
        return encode_form(to_dict() if to_dict is not None else form), media or "application/x-www-form-urlencoded"
    if kind == "multipart":
        from ..wire.multipart import encode_multipart

        return encode_multipart(arguments.get("multipart") or [])
    return _content(arguments.get("content"), media)


def _given(arguments: CallArguments, name: str) -> bool:
    if name not in arguments:
        return False
    value = arguments[name]  # type: ignore[literal-required]
    return not (isinstance(value, Unset) or (value is None and name != "json"))


def _content(content: object, media: str) -> tuple[bytes | Body, str]:
    if isinstance(content, str):
        return utf8(content, "content"), media or "text/plain; charset=utf-8"
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content), media or "application/octet-stream"
    media = media or (
        content.mime_type if isinstance(content, File) and content.mime_type else "application/octet-stream"
    )
    payload = content.payload if isinstance(content, File) else content
    if isinstance(payload, bytes):
        return payload, media
    from ..wire.bodies import Body, FilePart

    return Body([FilePart(payload)]), media
