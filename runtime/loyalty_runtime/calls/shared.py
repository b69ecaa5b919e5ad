"""What limiters and token stores have in common: kept in memory, or in a store that processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ..errors import ArgumentError

if TYPE_CHECKING:
    from os import PathLike
    from typing import Self

    from .stores import Store


class Shared:
    """Kept in memory, or in a store: a file that processes of one machine share, or Redis."""

    _what: ClassVar[str]

    def __init__(self) -> None:
        self._store: Store | None = None
        self._timeout = 0.0
        self._on_failure = "refuse"

    @classmethod
    def sqlite(
        cls, path: str | PathLike[str], *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse"
    ) -> Self:
        """Keep them in a SQLite file, made with mode 0600."""
        from .store_sqlite import SqliteStore

        return cls._stored(SqliteStore(path, cls._what), timeout, on_failure)

    @classmethod
    def redis(cls, client: object, *, timeout: float = 2.0, on_failure: Literal["refuse", "send"] = "refuse") -> Self:
        """Keep them in Redis; `client` is a synchronous `redis.Redis` (extra `[redis]`)."""
        from .store_redis import RedisStore

        return cls._stored(RedisStore(client, cls._what), timeout, on_failure)

    @classmethod
    def _stored(cls, store: Store, timeout: float, on_failure: str) -> Self:
        if on_failure not in ("refuse", "send"):
            raise ArgumentError(f"on_failure is {on_failure!r}; give 'refuse' or 'send'.", argument="on_failure")
        made = cls()
        made._store = store
        made._timeout = timeout
        made._on_failure = on_failure
        return made

    @property
    def shared(self) -> bool:
        """Say whether processes share them, so that asking may block."""
        return self._store is not None

    def close(self) -> None:
        """Close the file or the threads of a shared store; a Redis client stays open, being the caller's."""
        if self._store is not None:
            self._store.close()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self  # it is one thing for all that are given it

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            f"{type(self).__name__} is not pickled; make one in each process, with .sqlite(path) or .redis(client) to share."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'shared' if self.shared else 'in memory'}>"
