"""The reference page in headless Chromium, offline: it opens, searches, follows links, and reads without script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.common.document import operations
from scripts.common.layout import Vendor
from scripts.common.yaml_io import load_yaml
from scripts.reference.pages import vendor_page
from scripts.reference.render import render
from tests.reference.test_render import hostile

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed; it drives the browser")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.chrome.webdriver import WebDriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver")
FLAGS = """
    --headless --no-sandbox --disable-gpu --no-first-run --disable-sync --disable-background-networking
    --disable-component-update --host-resolver-rules=MAP\u00a0*\u00a0~NOTFOUND --window-size=1280,900
"""
COUNT = len(operations(load_yaml(Vendor("pepper").generated / "openapi.yaml")))
VISIBLE = "return [...document.querySelectorAll('.operation')].filter((node) => node.checkVisibility()).map((node) => node.id)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """Return one browser for all tests of this module."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS.split(" "), f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        if flag.strip():
            options.add_argument(flag.strip().replace("\u00a0", " "))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of Pepper's page, the largest."""
    path = tmp_path_factory.mktemp("reference") / "pepper.html"
    path.write_text(vendor_page(Vendor("pepper")), encoding="utf-8")
    return path.as_uri()


def test_it_opens_quickly_and_loads_nothing(browser: WebDriver, page: str) -> None:
    """All operations are there after less than two seconds of work, nothing is asked for and no rule of the page's policy is broken."""
    browser.get("about:blank")
    # Time of the page's own thread, which other programs on a busy machine do not lengthen.
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    browser.get(page)
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    browser.execute_cdp_cmd("Performance.disable", {})
    work = {item["name"]: item["value"] for item in metrics}
    assert 0 < work["TaskDuration"] < 2
    assert [] == browser.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [] == [entry["message"] for entry in browser.execute("getLog", {"type": "browser"})["value"]]
    assert COUNT == len(browser.execute_script(VISIBLE))


def test_search_narrows_the_page_and_its_index(browser: WebDriver, page: str) -> None:
    """Words leave the operations that hold all of them, in the text and in the index; clearing brings everything back."""
    browser.get(page)
    field = browser.find_element(By.ID, "search")
    field.send_keys("segment delete")
    left = browser.execute_script(VISIBLE)
    assert 0 < len(left) < COUNT
    assert f"{len(left)} of {COUNT} operations" == browser.find_element(By.ID, "found").text
    assert all(
        "segment" in str(browser.find_element(By.ID, name).get_attribute("textContent")).lower() for name in left
    )
    index = "return [...document.querySelectorAll('nav a[href^=\"#operation-\"]')].filter((node) => node.checkVisibility()).length"
    assert len(left) == browser.execute_script(index)
    field.clear()
    field.send_keys(" ")
    assert COUNT == len(browser.execute_script(VISIBLE))


def test_links_open_their_part_and_the_address_follows(browser: WebDriver, page: str) -> None:
    """An address with an id shows that part, opened; scrolling on changes the address to what is at the top."""
    browser.get(f"{page}#schema-User")
    body = browser.find_element(By.ID, "schema-User")
    assert body.is_displayed()
    assert 0 <= browser.execute_script("return arguments[0].getBoundingClientRect().top", body) < 450
    browser.get(page)
    browser.execute_script("document.getElementById('operation-createUser').scrollIntoView()")
    WebDriverWait(browser, 5).until(lambda window: window.current_url.endswith("#operation-createUser"))


def test_it_reads_without_script(browser: WebDriver, page: str, tmp_path: Path) -> None:
    """Without JavaScript every operation can be read, links reach folded schemas, and controls that need script are away."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get("about:blank")  # the same page with another fragment would not be loaded again
        browser.get(f"{page}#schema-User")
        shown = [
            browser.find_element(By.ID, name).is_displayed()
            for name in ("operation-createUser", "schema-User", "search")
        ]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [True, True, False] == shown


def test_a_phone_needs_no_sideways_scrolling(browser: WebDriver, page: str) -> None:
    """With everything unfolded, nothing is wider than the screen."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(page)
        browser.execute_script(
            "for (const node of document.querySelectorAll('details')) node.open = true;"
            "for (const node of document.querySelectorAll('.entry')) node.style.contentVisibility = 'visible';"
        )
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_hostile_text_does_not_run(browser: WebDriver, tmp_path: Path) -> None:
    """Scripts in names and descriptions stay text."""
    (tmp_path / "hostile.html").write_text(render(hostile(), slug="acme"), encoding="utf-8")
    browser.get((tmp_path / "hostile.html").as_uri())
    browser.execute_script("for (const node of document.querySelectorAll('details')) node.open = true;")
    assert browser.execute_script(
        "return window.hacked === undefined && document.querySelectorAll('.operation').length === 2"
    )
