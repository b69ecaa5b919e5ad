"""Bounded decompression, so that a small reply cannot fill the memory."""

from __future__ import annotations

from ..errors import TransportFailure


def too_large(limit: int) -> TransportFailure:
    """Return the failure for a body above the limit."""
    return TransportFailure("too-large", f"the body is larger than {limit} bytes", sent=True)


class Inflater:
    """Undo gzip or deflate piece by piece; `limit` counts decompressed bytes."""

    __slots__ = ("_engine", "_left", "_limit", "_started", "_zlib")

    def __init__(self, encoding: str, limit: int) -> None:
        import zlib

        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise TransportFailure("encoding", f"the content encoding {encoding[:40]!r} is unknown", sent=True)
        self._zlib = zlib
        self._engine = zlib.decompressobj(47)  # 47: gzip or zlib header, recognised by itself
        self._started = False
        self._limit = limit
        self._left = limit

    def feed(self, data: bytes) -> bytes:
        """Return what these bytes decompress to; raise `TransportFailure` for bad data or too much of it."""
        problem = ""
        try:
            return self._feed(data)
        except self._zlib.error:
            problem = "the compressed body is damaged"
        raise TransportFailure("encoding", problem, sent=True)

    def _feed(self, data: bytes) -> bytes:
        if not self._started and data:
            self._started = True
            if data[0] not in (0x1F, 0x78):  # raw deflate, which some servers send under the name deflate
                self._engine = self._zlib.decompressobj(-15)
        produced: list[bytes] = []
        while data:
            piece = self._engine.decompress(data, self._left + 1)
            self._left -= len(piece)
            if self._left < 0:
                raise too_large(self._limit)
            produced.append(piece)
            data = self._engine.unconsumed_tail
            if self._engine.eof:
                data = self._engine.unused_data
                if data[:2] != b"\x1f\x8b":
                    break
                self._engine = self._zlib.decompressobj(47)
        return b"".join(produced)

    def finish(self) -> None:
        """Raise `TransportFailure` when the compressed data ended too early."""
        if self._started and not self._engine.eof:
            raise TransportFailure("cut", "the compressed body is cut", sent=True)
