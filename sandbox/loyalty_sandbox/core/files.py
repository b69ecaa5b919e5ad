"""Files: what is uploaded can be downloaded where the spec has an operation for it."""

from __future__ import annotations

import base64

from .derive import Operations
from .exchange import Reply, Request
from .spec import Operation, is_json, preferred
from .state import State

_FILES = "$files"


def is_download(operation: Operation) -> bool:
    """Say whether an operation answers with a file or a text instead of JSON."""
    media_type, _ = preferred(operation.success[1].at("content"))
    return operation.method == "GET" and bool(media_type) and not is_json(media_type)


def is_kept(operations: Operations, operation: Operation) -> bool:
    """Say whether an operation takes or gives a file that the spec lets both be done with."""
    same = [each for each in operations.values() if each.template == operation.template]
    return any(each.method in ("PUT", "POST") and each.taken for each in same) and any(map(is_download, same))


def download(operation: Operation, state: State, request: Request) -> Reply | None:
    """Return the file that is kept under the path; None when there is none."""
    found = state.collection(_FILES).get(request.inbound.path)
    if found is None:
        return None
    status, response = operation.success
    declared, _ = preferred(response.at("content"))
    media_type = found["media_type"] if "*" in declared else declared
    return Reply(base64.b64decode(found["content"]), status=status, media_type=media_type)


def upload(operations: Operations, operation: Operation, state: State, request: Request) -> bool:
    """Keep the file of a request where it can be downloaded; False when the spec has no such place."""
    file = next(iter(request.uploads.values()), None)
    if file is None or not is_kept(operations, operation):
        return False
    keep_file(state, request.inbound.path, file.content, file.media_type)
    return True


def download_below(operations: Operations, operation: Operation) -> str | None:
    """Return the path of the download whose last part is the id of a file that the operation makes."""
    words = [word for word in operation.template.strip("/").split("/") if not word.startswith("{")]
    for each in operations.values():
        head, _, last = each.template.rpartition("/")
        inner = head.strip("/").split("/")
        is_file = is_download(each) and last.startswith("{") and "{" not in head
        if is_file and (inner[0], inner[-1]) == (words[0], words[-1]):
            return head
    return None


def keep_file(state: State, path: str, content: bytes, media_type: str) -> None:
    """Keep a file under a path."""
    kept = {"content": base64.b64encode(content).decode(), "media_type": media_type or "application/octet-stream"}
    state.collection(_FILES).put(path, kept)
