"""A fetched file becomes the source, and the client regenerates from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from scripts.common.layout import Vendor
from scripts.generate.package_check import called_operations
from scripts.regenerate import regenerate

EXPECTED = {
    ("GET", "/members"),
    ("POST", "/members"),
    ("GET", "/members/{memberId}"),
    ("POST", "/members/{memberId}/awards"),
}


def serve_redoc(server: HTTPServer, pages: Path, name: str) -> None:
    """Serve one built Redoc page as the documentation."""
    server.expect_request("/docs").respond_with_data((pages / name).read_bytes(), content_type="text/html")


def serve_site(server: HTTPServer, pages: Path) -> None:
    """Serve a built Docusaurus page with its Redoc plug-in as the documentation, and the file it links to."""
    site = pages / "docusaurus"
    origin = server.url_for("").rstrip("/")
    page = (site / "platform.html").read_text().replace("https://docs.example.com", origin)
    server.expect_request("/docs").respond_with_data(page, content_type="text/html")
    for path in sorted((site / "redocusaurus").iterdir()):
        server.expect_request(f"/redocusaurus/{path.name}").respond_with_data(
            path.read_bytes(), content_type="text/yaml"
        )


@pytest.mark.parametrize("page", ["redoc-2.html", "redoc-3.html", "docusaurus"])
def test_the_client_comes_from_the_fetched_file(
    page: str, acme: Vendor, server: HTTPServer, pages: Path, fetch: Callable[..., int]
) -> None:
    """After fetching a built page, regenerating gives a client with exactly the operations of the vendor's file."""
    if page == "docusaurus":
        serve_site(server, pages)
    else:
        serve_redoc(server, pages, page)
    assert 0 == fetch()
    results, problems = regenerate([acme])
    assert [] == problems
    assert 4 == results[0].operations
    assert EXPECTED == called_operations(acme.generated / acme.client_package)
