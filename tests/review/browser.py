"""Drive headless Chromium through chromedriver's own protocol, WebDriver, with nothing but the standard library."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FLAGS = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-component-update",
        "--disable-sync",
    ),
    *(
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
    ),
)


def find_browser() -> tuple[str, str] | None:
    """Return the paths of a browser and its driver, or None where they are not installed."""
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser:
    """Hold one browser window."""

    def __init__(self, address: str, session: str) -> None:
        self._base = f"{address}/session/{session}"

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return _request(method, f"{self._base}{path}", body)

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a file and wait until it is loaded."""
        self._call("POST", "/url", {"url": path.resolve().as_uri() + (f"#{fragment}" if fragment else "")})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page and return its result."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def type(self, selector: str, text: str) -> None:
        """Type into a field, key by key."""
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        self._call("POST", f"/element/{next(iter(found.values()))}/value", {"text": text})

    def click(self, selector: str) -> None:
        """Click the first element that matches."""
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        self._call("POST", f"/element/{next(iter(found.values()))}/click", {})

    def dark(self) -> None:
        """Show pages as on a system set to dark colours."""
        feature = {"name": "prefers-color-scheme", "value": "dark"}
        self._call(
            "POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": [feature]}}
        )

    def screenshot(self, path: Path) -> None:
        """Keep what the window shows."""
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))


@contextmanager
def browser(*, width: int, height: int) -> Iterator[Browser]:
    """Start a browser with a window of this size; below 500 pixels it is a phone."""
    found = find_browser()
    if found is None:
        raise RuntimeError("no browser")
    options: dict[str, Any] = {"binary": found[0], "args": [*_FLAGS, f"--window-size={width},{height}"]}
    if width < 500:
        options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0}}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options["args"].append(f"--user-data-dir={profile}")
        process = subprocess.Popen([found[1], "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = f"http://127.0.0.1:{_port(process)}"
            started = _request(
                "POST",
                f"{address}/session",
                {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}},
            )
            window = Browser(address, started["sessionId"])
            try:
                yield window
            finally:
                _request("DELETE", f"{address}/session/{started['sessionId']}", None)
        finally:
            process.terminate()
            process.communicate()


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        if "was started successfully on port" in line:
            return int(line.rstrip(".\n").rpartition(" ")[2])
    raise RuntimeError("chromedriver did not start")


def _request(method: str, address: str, body: dict[str, Any] | None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(address, data=data, method=method, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback only
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        return json.loads(reply.read())["value"]
