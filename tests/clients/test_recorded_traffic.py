"""What a recording of every operation shows: names, small numbers, texts that the schema lists, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import ROOT
from scripts.common.yaml_io import load_yaml
from tests.clients.doors import perform
from tests.clients.recording import Recorder
from tests.clients.replies import replies
from tests.clients.tables import every_client
from tests.clients.vendors import Client


def texts(value: Any) -> Iterator[str]:
    """Give every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(item)


def listed(document: Any) -> Iterator[str]:
    """Give the texts of every enum of a document."""
    if isinstance(document, dict):
        yield from (text for text in document.get("enum") or () if isinstance(text, str))
    for item in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from listed(item)


def body(part: Any) -> Any:
    """Return a body of the recording as JSON, the mask where it is none."""
    text = part.get("text") or "null"
    return json.loads(text) if text[0] in "{[" else "***"


@every_client
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_recorded_traffic(client: Client, recorder: Recorder, tmp_path: Path) -> None:
    """Of all texts in requests and replies only those of an enum are shown, those of both kinds of body."""
    allowed = set(listed(load_yaml(ROOT / "generated" / client.slug / "openapi.yaml")))
    path = tmp_path / "traffic.har"
    shown: dict[str, set[str]] = {"request": set(), "reply": set()}
    for row in client.rows.values():
        for status in row.replies:
            for reply in replies(client, row, status):
                recorder.answer(reply.status, reply.content, reply.media)
                perform(client, row, recorder, record=path)
                (entry,) = json.loads(path.read_text())["log"]["entries"][-1:]
                shown["request"] |= set(texts(body(entry["request"].get("postData", {}))))
                shown["reply"] |= set(texts(body(entry["response"]["content"])))
                assert not (shown["request"] | shown["reply"]) - allowed - {"***"}, reply.origin
    if client.slug in ("orderingstack", "pepper"):  # whose fixtures hold such texts on both ways
        assert all(found - {"***"} for found in shown.values())
