"""Requests as they come and as handlers get them, replies as they give them, and the reasons to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from .documents import JSON, Document


@frozen
class Inbound:
    """A request as it came, `path` below the vendor's address and still percent-encoded."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    base_url: str
    client: str = ""

    @property
    def header_map(self) -> dict[str, str]:
        """Headers by lower-case name; the last of equal names counts."""
        return {name.lower(): value for name, value in self.headers}


@frozen
class Caller:
    """Who calls: the id of the credential or token, the scheme it came by, and what it stands for."""

    id: str
    scheme: str
    claims: Document = field(factory=dict)


@frozen
class Upload:
    """One file of a body; the name of its part is empty where the file is the whole body."""

    name: str
    media_type: str
    content: bytes


@frozen
class Request:
    """A request that has passed the effective spec.

    `path`, `query` and `headers` hold the declared parameters, cast to their types; header names are lower case.
    `body` is the JSON of the body; of a form it is an object, with `uploads` beside it.
    `base_url` is the vendor's address in this sandbox, without a final slash; `raw_path` is the path below it as it was sent.
    """

    operation_id: str
    method: str
    template: str
    path: Mapping[str, JSON]
    query: Mapping[str, JSON]
    headers: Mapping[str, JSON]
    body: JSON
    uploads: Mapping[str, Upload]
    raw_headers: Mapping[str, str]
    caller: Caller | None
    base_url: str
    raw_path: str

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
    status: int = field(default=200, kw_only=True)
    headers: Mapping[str, str] = field(factory=dict, kw_only=True)
    media_type: str = field(default="application/json", kw_only=True)
    is_example: bool = field(default=False, kw_only=True)


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
    """One way in which a request breaks the effective spec.

    `where` is `body`, `query`, `path`, `header` or `cookie`; `path` leads to the member; `keyword` is the broken rule of JSON Schema,
    or `malformed` for a body that cannot be read and `media-type` for one of a kind that is not taken.
    """

    where: str
    path: tuple[str | int, ...]
    keyword: str
    message: str
    expected: JSON = None
    found: JSON = None

    @property
    def name(self) -> str:
        """The member with dots between its parts, `privacy.marketing.sms`."""
        return ".".join(str(part) for part in self.path)


RefusalKind = Literal[
    "unknown-path", "wrong-method", "unauthorized", "not-found", "conflict", "too-many-requests", "invalid", "fault"
]


@frozen
class Refusal:
    """Why the core refuses a request; the vendor says how that looks.

    `reason` is one word more: `missing` or `wrong` for `unauthorized`; what is meant for `not-found` and `conflict`.
    `status` is set for `fault` only.
    """

    kind: RefusalKind
    operation_id: str | None
    method: str
    path: str
    reason: str = ""
    faults: tuple[Fault, ...] = ()
    allowed: tuple[str, ...] = ()
    retry_after: float = 0.0
    status: int = 500


class Refused(Exception):
    """Raised by a handler to answer with an error and undo everything it did."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with {reply.status}")
        self.reply = reply


@frozen
class Rejected(Exception):
    """Raised by a stage of the core, which leaves the vendor's error shape to the engine."""

    kind: RefusalKind
    reason: str = field(default="", kw_only=True)
    faults: tuple[Fault, ...] = field(default=(), kw_only=True)
    retry_after: float = field(default=0.0, kw_only=True)
