"""Files: what is uploaded can be downloaded where the spec has an operation for it."""

from __future__ import annotations

import base64

from .documents import Document
from .examples import preferred_media
from .exchange import Reply, Request
from .spec import Operation, Spec
from .state import State

_FILES = "$files"


def is_download(spec: Spec, operation: Operation) -> bool:
    """Say whether an operation answers with a file or a text instead of JSON."""
    media_type = preferred_media(spec.success(operation)[1]["content"])
    return operation.method == "GET" and media_type is not None and not media_type.partition(";")[0].endswith("json")


def is_kept(spec: Spec, operation: Operation) -> bool:
    """Say whether an operation takes or gives a file that the spec lets both be done with."""
    same = [each for each in spec.operations.values() if each.template == operation.template]
    takes = any(each.method in ("PUT", "POST") and each.body["content"].value for each in same)
    return takes and any(is_download(spec, each) for each in same)


def download(spec: Spec, operation: Operation, state: State, request: Request) -> Reply | None:
    """Return the file that is kept under the path; None when there is none."""
    found = state.collection(_FILES).get(request.inbound.path)
    if found is None:
        return None
    status, response = spec.success(operation)
    declared = preferred_media(response["content"]) or "*"
    media_type = found["media_type"] if "*" in declared else declared
    return Reply(base64.b64decode(found["content"]), status=status, media_type=media_type)


def upload(spec: Spec, operation: Operation, state: State, request: Request) -> bool:
    """Keep the file of a request where it can be downloaded; False when the spec has no such place."""
    file = next(iter(request.uploads.values()), None)
    if file is None or not is_kept(spec, operation):
        return False
    keep_file(state, request.inbound.path, file.content, file.media_type)
    return True


def download_below(spec: Spec, operation: Operation) -> str | None:
    """Return the path of the download whose last part is the id of a file that the operation makes."""
    words = [word for word in operation.template.strip("/").split("/") if not word.startswith("{")]
    for each in spec.operations.values():
        head, _, last = each.template.rpartition("/")
        inner = head.strip("/").split("/")
        is_file = is_download(spec, each) and last.startswith("{") and "{" not in head
        if is_file and (inner[0], inner[-1]) == (words[0], words[-1]):
            return head
    return None


def keep_file(state: State, path: str, content: bytes, media_type: str) -> None:
    """Keep a file under a path."""
    file: Document = {"content": base64.b64encode(content).decode()}
    state.collection(_FILES).put(path, {**file, "media_type": media_type or "application/octet-stream"})
