"""Requests as they come and as handlers get them, replies as they give them, and the reasons to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from attrs import field, frozen

from .documents import JSON, Document, to_json


@frozen
class Inbound:
    """A request as it came: `path` below the vendor's address and still percent-encoded, `headers` by lower-case name.

    `base_url` is the vendor's address in this sandbox, without a final slash.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    client: str = ""


@frozen
class Caller:
    """Who calls: the id of the credential or token, the scheme it came by, what it stands for, and the scopes that the operation asks for."""

    id: str
    scheme: str
    claims: Document = field(factory=dict)
    scopes: tuple[str, ...] = ()


@frozen
class Upload:
    """One file of a body."""

    media_type: str
    content: bytes


@frozen
class Request:
    """A request that has passed the effective spec: `path` and `query` hold the declared parameters, cast to their types.

    `body` is the JSON of the body; of a form it is an object, with `uploads` beside it.
    """

    path: Mapping[str, JSON]
    query: Mapping[str, JSON]
    body: JSON
    uploads: Mapping[str, Upload]
    caller: Caller | None
    inbound: Inbound

    @property
    def members(self) -> Document:
        """The body as an object; empty when there is none."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def claims(self) -> Document:
        """What the caller's token stands for; empty without a caller."""
        return self.caller.claims if self.caller else {}


@frozen
class Reply:
    """An answer: `body` is written as JSON, None as `null`; bytes go out as they are, and `b""` is no body at all.

    `is_example` says that nothing stands behind the answer.
    """

    body: JSON | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    media_type: str = "application/json"
    is_example: bool = False

    @cached_property
    def content(self) -> bytes:
        """The body as bytes."""
        return self.body if isinstance(self.body, bytes) else to_json(self.body).encode()


@frozen
class Outcome:
    """A finished answer: bytes, what it is, and how it broke the effective spec.

    `behaviour` is `stateful`, `example`, `sandbox` (no such operation), `fault` or `violation` (the sandbox is wrong).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    operation_id: str | None
    behaviour: str
    violations: tuple[str, ...] = ()


@frozen
class Fault:
    """One way in which a request breaks the effective spec: `path` leads to the member of the body, or names the parameter.

    `keyword` is the broken rule of JSON Schema, or `malformed` for a body that cannot be read or is of a kind that is not taken.
    """

    where: str
    path: tuple[str | int, ...]
    keyword: str
    message: str

    @property
    def name(self) -> str:
        """The member with dots between its parts, `privacy.marketing.sms`."""
        return ".".join(str(part) for part in self.path)


Kind = Literal[
    "unknown-path", "wrong-method", "unauthorized", "not-found", "conflict", "too-many-requests", "invalid", "refused"
]


@frozen
class Refusal(Exception):
    """Raised to refuse a request and undo what it did; the engine gives it the error shape of the spec or of the vendor.

    `text` says more than the kind does. `reason` is `missing` or `wrong` for `unauthorized`. `status` is set where the kind leaves it open.
    `reply` is the whole answer where no shape is to be looked for.
    """

    kind: Kind
    text: str = ""
    reason: str = ""
    faults: tuple[Fault, ...] = ()
    status: int | None = None
    headers: Mapping[str, str] = field(factory=dict)
    reply: Reply | None = None


def invalid(name: str, message: str, where: str = "body") -> Refusal:
    """Make the refusal of a value that the effective spec allows."""
    return Refusal("invalid", faults=(Fault(where, (name,), "custom", message),))
