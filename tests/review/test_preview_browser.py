"""The preview in headless Chromium, offline, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import find_vendors
from scripts.review.compare import Compared
from scripts.review.model import VendorReview
from scripts.review.preview import write_preview
from scripts.review.side import load_side
from tests.review.browser import Browser, browser, find_browser
from tests.review.conftest import Seeded
from tests.review.test_preview import hostile, page, side

pytestmark = pytest.mark.skipif(find_browser() is None, reason="Chromium and chromedriver are not installed")

OPEN_ALL = "document.querySelectorAll('details').forEach((node) => { node.open = true; });"
SHOWN = "return [...document.querySelectorAll('.entry.operation')].filter((node) => node.getBoundingClientRect().height > 20).length"
LOADED = "const timing = performance.getEntriesByType('navigation')[0]; return timing.loadEventEnd - timing.startTime"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the pages of the vendors that the tests open."""
    folder = tmp_path_factory.mktemp("preview")
    result = {}
    for vendor in find_vendors(["pepper", "stampede"]):
        loaded = load_side(vendor)
        html = write_preview(Compared(VendorReview(vendor=vendor.slug, unchanged=True), loaded, loaded))
        result[vendor.slug] = folder / f"{vendor.slug}.html"
        result[vendor.slug].write_text(html, encoding="utf-8")
    return result


@pytest.fixture(scope="module")
def laptop() -> Iterator[Browser]:
    """Return a window as wide as a laptop's."""
    with browser(width=1280, height=900) as window:
        yield window


@pytest.fixture(scope="module")
def phone() -> Iterator[Browser]:
    """Return a window as wide as a phone's."""
    with browser(width=390, height=844) as window:
        yield window


def test_pepper_opens_in_two_seconds(laptop: Browser, pages: dict[str, Path]) -> None:
    """The page of 172 operations is there in under two seconds, and shows every one of them."""
    laptop.open(pages["pepper"])
    assert 172 == laptop.run(SHOWN)
    assert laptop.run(LOADED) < 2000


def test_it_loads_nothing(laptop: Browser, pages: dict[str, Path]) -> None:
    """Opening the page asks for no second resource."""
    laptop.open(pages["pepper"])
    assert [] == laptop.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")


def test_search_narrows_and_clears(laptop: Browser, pages: dict[str, Path]) -> None:
    """Words narrow the page to operations that hold all of them; clearing brings everything back."""
    laptop.open(pages["pepper"])
    laptop.type("#search", "segment delete")
    texts: list[str] = laptop.run(
        "return [...document.querySelectorAll('.entry.operation:not([hidden])')].map((node) => node.textContent.toLowerCase())"
    )
    assert 0 < len(texts) < 172
    assert all("segment" in text and "delete" in text for text in texts)
    assert f"{len(texts)} of 172 operations" == laptop.run("return document.getElementById('found').textContent")
    laptop.run(
        "const field = document.getElementById('search'); field.value = ''; field.dispatchEvent(new Event('input'))"
    )
    assert 172 == laptop.run(SHOWN)


def test_a_filter_shows_inferred_operations_only(laptop: Browser, pages: dict[str, Path]) -> None:
    """The button keeps operations of that grade, and a second click lets all back."""
    laptop.open(pages["pepper"])
    laptop.click("[data-filter='stated']")
    grades = laptop.run(
        "return [...document.querySelectorAll('.entry.operation:not([hidden]) > summary .grade')].map((node) => node.textContent)"
    )
    assert grades
    assert all(grade.startswith("stated") for grade in grades)
    laptop.click("[data-filter='stated']")
    assert 172 == laptop.run(SHOWN)


def test_a_link_opens_its_entry(laptop: Browser, pages: dict[str, Path]) -> None:
    """An address with the name of an operation shows that operation, opened, with its correction in sight."""
    laptop.open(pages["stampede"], "operation-listGuests")
    found: list[Any] = laptop.run(
        "const node = document.getElementById('operation-listGuests');"
        "const note = node.querySelector('.correction[data-numbers=\"S-16\"]');"
        'return [node.open, note.checkVisibility(), note.innerText.includes("the vendor\'s page says string; we say integer")]'
    )
    assert [True, True, True] == found


def test_a_schema_opens_in_place(laptop: Browser, pages: dict[str, Path]) -> None:
    """The name of a schema unfolds its members below the line that names it."""
    laptop.open(pages["stampede"], "operation-getGuest")
    laptop.click("#operation-getGuest a.ref")
    assert laptop.run("return document.querySelector('#operation-getGuest .opened .member').checkVisibility()")


@pytest.mark.parametrize("vendor", ["pepper", "stampede"])
def test_a_phone_needs_no_sideways_scrolling(vendor: str, phone: Browser, pages: dict[str, Path]) -> None:
    """With everything unfolded, nothing is wider than the screen."""
    phone.open(pages[vendor])
    phone.run(OPEN_ALL)
    phone.run("document.querySelectorAll('.entry').forEach((node) => { node.style.contentVisibility = 'visible'; })")
    assert phone.run("return document.documentElement.scrollWidth") <= 390


def test_changes_are_in_sight(seeded: Seeded, laptop: Browser) -> None:
    """The page of the seeded branch lists the breaks and marks what is new, changed and gone."""
    laptop.open(seeded.repository.folder / "build/review/acme.html")
    assert 10 == laptop.run("return document.querySelectorAll('.changes .chip.breaks').length")
    assert ["changed", "changed", "changed", "new", "changed"] == laptop.run(
        "return [...document.querySelectorAll('.entry.operation')].map((node) => node.classList[2] ?? '')"
    )
    assert laptop.run("return document.querySelector('.removed del').checkVisibility()")


@pytest.mark.parametrize("width", ["laptop", "phone"])
def test_hostile_text_stays_text(width: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Scripts in names and descriptions do not run."""
    window: Browser = request.getfixturevalue(width)
    target = tmp_path / "hostile.html"
    target.write_text(page(side(hostile())), encoding="utf-8")
    window.open(target)
    window.run(OPEN_ALL)
    assert window.run("return window.hacked === undefined")
    assert 1 == window.run(SHOWN)
