"""Content codings undone piece by piece: bounded, in linear time, and lenient with labels that are not true."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from ..errors import TransportFailure
from .failures import too_large

_KNOWN = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_PIECE = 4096  # what zlib has not used is copied at the end of each gzip member, so that pieces are kept small
_MOST_MEMBERS = 10_000


def inflater(fields: Iterable[tuple[bytes, bytes]], limit: int) -> Inflater | None:
    """Return what undoes the codings that header fields name; None where they name none, or one that nobody knows.

    A body under an unknown label is read as it is, as browsers and other clients do.
    """
    names = [
        word.strip().lower()
        for name, value in fields
        if name.lower() == b"content-encoding"
        for word in value.decode("latin-1").split(",")
    ]
    kinds = [_KNOWN.get(word, "") for word in names if word not in ("", "identity")]
    return Inflater(list(reversed(kinds)), limit) if kinds and "" not in kinds else None


class Inflater:
    """Undo codings, the last one first; `limit` counts the bytes that come out of each."""

    __slots__ = ("_layers",)

    def __init__(self, kinds: Iterable[str], limit: int) -> None:
        self._layers = [_Layer(kind, limit) for kind in kinds]

    def feed(self, data: bytes) -> bytes:
        """Return what these bytes decode to; raise `TransportFailure` for damaged data or too much of it."""
        for layer in self._layers:
            data = layer.feed(data)
        return data

    def finish(self) -> bytes:
        """Return what is left at the end; raise `TransportFailure` when the compressed data ended too early."""
        data = b""
        for layer in self._layers:
            data = layer.feed(data) + layer.finish()
        return data


class _Layer:
    __slots__ = ("_engine", "_head", "_kind", "_left", "_limit", "_members", "_plain")

    def __init__(self, kind: str, limit: int) -> None:
        self._kind = kind
        self._limit = self._left = limit
        self._engine: zlib._Decompress | None = None
        self._head = b""  # until two bytes are there, which tell what the data is
        self._plain = False
        self._members = 0

    def feed(self, data: bytes) -> bytes:
        if self._engine is None and not self._plain:
            self._head += data
            if len(self._head) < 2:
                return b""
            data, self._head = self._head, b""
            self._begin(data)
        return data if self._plain else self._inflate(data)

    def _begin(self, data: bytes) -> None:
        if self._kind == "gzip" and data[:2] == b"\x1f\x8b":
            self._engine = zlib.decompressobj(31)
        elif self._kind == "gzip":
            self._plain = True
        elif data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0:
            self._engine = zlib.decompressobj(15)
        else:  # raw deflate, which some servers send under this name, or no deflate at all
            self._engine = zlib.decompressobj(-15)
            try:
                self._engine.copy().decompress(data, 64)
            except zlib.error:
                self._plain = True

    def _inflate(self, data: bytes) -> bytes:
        produced: list[bytes] = []
        damaged = False
        try:
            for start in range(0, len(data), _PIECE):
                self._piece(data[start : start + _PIECE], produced)
        except zlib.error:
            damaged = True
        if damaged:
            raise TransportFailure("encoding", "the compressed body is damaged", sent=True)
        return b"".join(produced)

    def _piece(self, data: bytes, produced: list[bytes]) -> None:
        while data:
            engine = self._engine
            if engine is None or engine.eof:
                if data[0] != 0x1F or self._kind != "gzip":
                    return  # padding after the last member
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise TransportFailure(
                        "encoding", f"the compressed body has more than {_MOST_MEMBERS} parts", sent=True
                    )
                engine = self._engine = zlib.decompressobj(31)
            piece = engine.decompress(data, self._left + 1)
            self._left -= len(piece)
            if self._left < 0:
                raise too_large(self._limit)
            produced.append(piece)
            data = engine.unused_data if engine.eof else engine.unconsumed_tail

    def finish(self) -> bytes:
        if self._engine is None:
            return self._head
        if not self._plain and not self._engine.eof:
            raise TransportFailure("cut", "the compressed body is cut", sent=True)
        return b""
