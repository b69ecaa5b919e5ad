"""A server on the loopback interface that records each request and answers what it was told to."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripts.trial.expect import Seen


class Server:
    """Serve until closed; `reply` is (status, media type, body) of the next answers, `seen` what came."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.reply: tuple[int, str, bytes] = (200, "application/json", b"{}")
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                if headers.get("transfer-encoding", "").lower() == "chunked":
                    body = b"".join(_chunks(self.rfile))
                else:
                    body = self.rfile.read(int(headers.get("content-length") or 0))
                owner.seen.append(Seen(self.command, self.path, headers, body))
                status, media, content = owner.reply
                self.send_response(status)
                if media:
                    self.send_header("Content-Type", media)
                bodiless = status in (204, 304) or self.command == "HEAD"
                if status not in (204, 304):
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if not bodiless:
                    self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"):
            setattr(Handler, f"do_{method}", Handler.answer)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()


def _chunks(stream: Any) -> Any:
    while size := int(stream.readline().split(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    stream.readline()
