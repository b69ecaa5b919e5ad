"""Received header fields: the id of a request among them, and which names are likely to hold a credential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .secret import MASK

_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-trace-id", "cf-ray")
_SECRET_WORDS = ("token", "secret", "password", "passwd", "auth", "api-key", "apikey", "session", "signature", "cookie")


def is_secret_name(name: str) -> bool:
    """Say whether a header, query parameter or JSON member of this name is likely to hold a credential."""
    plain = name.lower().replace("_", "-")
    return any(word in plain for word in _SECRET_WORDS) or plain in ("pin", "otp", "key", "code-verifier")


class Headers(Mapping[str, str]):
    """Received header fields: case-insensitive, read-only, repeated fields joined by a comma.

    Repr and pickles mask cookies, other credentials and the place a redirect names.
    """

    __slots__ = ("_fields", "_raw")

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._raw = tuple(raw)
        self._fields: dict[str, str] | None = None

    def _read(self) -> dict[str, str]:
        fields = self._fields
        if fields is None:
            fields = {}
            for name, value in self._raw:
                key = name.decode("latin-1").lower()
                text = value.decode("latin-1")
                fields[key] = f"{fields[key]}, {text}" if key in fields else text
            self._fields = fields
        return fields

    @property
    def raw(self) -> tuple[tuple[bytes, bytes], ...]:
        """The fields as they came, in order, repeated ones apart."""
        return self._raw

    def __getitem__(self, name: str) -> str:
        return self._read()[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._read()

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        shown = {name: MASK if _private(name) else value for name, value in self._read().items()}
        return f"Headers({shown!r})"

    def __reduce__(self) -> tuple[type[Headers], tuple[list[tuple[bytes, bytes]]]]:
        return (
            Headers,
            ([(name, MASK.encode() if _private(name.decode("latin-1")) else value) for name, value in self._raw],),
        )


def request_id(headers: Headers) -> str | None:
    """Return the id the server gave the request, cut to 128 printable characters."""
    for name in _REQUEST_IDS:
        value = headers.get(name)
        if value:
            return "".join(c for c in value if "!" <= c <= "~")[:128] or None
    return None


def _private(name: str) -> bool:
    return name.lower() == "location" or is_secret_name(name)
