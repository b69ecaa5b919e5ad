"""What a refusal says, since errors of the client do not quote bodies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loyalty_runtime import UnprocessableEntityError


@contextmanager
def refused(words: str) -> Iterator[None]:
    """Expect a 422 of the vendor's shape whose message has these words."""
    with pytest.raises(UnprocessableEntityError) as caught:
        yield
    assert isinstance(caught.value.raw, bytes)
    assert words in caught.value.raw.decode()
