"""What the tests of the clients share: one recording server a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.recording import Recorder


@pytest.fixture(scope="session")
def _recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture
def recorder(_recorder: Recorder) -> Recorder:
    """Return the recording server, empty."""
    _recorder.reset()
    return _recorder
