"""The pages in headless Chromium: what a user sees on a laptop and on a phone, and what hostile input cannot do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import loyalty_sandbox
from tests.sandbox.serving import Sandbox, Serve

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed; it drives the browser")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.chrome.webdriver import WebDriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
browser_needed = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="needs Debian's chromium and chromium-driver")
PAGES = Path(loyalty_sandbox.__file__).parent / "pages"
HOSTILE = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion",
    ),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """One browser for all tests of this module."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """Two vendors with a few requests in the log, some of them hostile."""
    sandbox = serve("stampede", "stamps")
    stamps, stampede = sandbox.client("stamps"), sandbox.client("stampede")
    stamps.post("/api/stamps/add", json={"user": 2001, "store": 2, "number_of_stamps": 3, "notes": HOSTILE})
    stampede.put("/v1/guests/00000000-0000-4000-8000-000000000001/tags", json={"name": HOSTILE})
    stampede.get("/v1/guests", params={"search": HOSTILE, "access_token": "planted-secret"})
    stampede.get("/v1/deal", headers={"X-Sandbox-Fault": "status=503"})
    return sandbox


def resize(browser: WebDriver, width: int, height: int) -> None:
    """Set the size of the page itself."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def visit(browser: WebDriver, sandbox: Sandbox, path: str, ready: str) -> None:
    """Open a page and wait until an element is there."""
    browser.get("about:blank")
    browser.get(sandbox.url + path)
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, ready))


def console(browser: WebDriver) -> list[str]:
    """What the browser's console said since the last call."""
    return [str(entry["message"]) for entry in browser.execute("getLog", {"type": "browser"})["value"]]


def texts(browser: WebDriver, selector: str) -> list[str]:
    """The visible texts of elements."""
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, selector) if element.is_displayed()]


@browser_needed
def test_vendors_credentials_and_examples_are_on_the_first_page(browser: WebDriver, sandbox: Sandbox) -> None:
    """Everything for the first call, with the address of this very sandbox."""
    resize(browser, 1280, 900)
    visit(browser, sandbox, "/", "#vendor-stamps")
    assert ["Stampede", "Stamps"] == texts(browser, ".card h2")
    page = browser.find_element(By.ID, "cards").text
    for text in (
        "sandbox-stamps-static-token",
        f"{sandbox.url}/stampede",
        "20 of 20 operations with state",
        "curl http",
    ):
        assert text in page


@browser_needed
def test_the_log_is_live_filterable_and_opens(browser: WebDriver, sandbox: Sandbox) -> None:
    """New requests turn up by themselves; the filter hides the others; a click shows the bodies."""
    resize(browser, 1280, 900)
    visit(browser, sandbox, "/#requests", "#log > li:nth-child(4)")
    sandbox.client("stamps").get("/api/unheard-of")
    WebDriverWait(browser, 20).until(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#log > li:nth-child(5)"))
    assert "/api/unheard-of" == texts(browser, "#log .path")[0]
    browser.find_element(By.ID, "text").send_keys("addstamps")
    assert ["stamps · addStamps"] == texts(browser, "#log .operation")
    browser.find_element(By.CSS_SELECTOR, "#log li:not([hidden]) summary").click()
    opened = WebDriverWait(browser, 20).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#log .exchange pre")
    )
    assert any('"number_of_stamps": 3' in part.text for part in opened)
    browser.find_element(By.ID, "text").clear()
    browser.find_element(By.ID, "text").send_keys("503")
    assert ["fault · status=503"] == texts(browser, "#log .behaviour")


@browser_needed
def test_hostile_input_stays_text(browser: WebDriver, sandbox: Sandbox) -> None:
    """Markup of requests neither runs nor becomes elements, in log and state; secrets are masked."""
    resize(browser, 1280, 900)
    visit(browser, sandbox, "/#requests", "#log > li:nth-child(4)")
    for summary in browser.find_elements(By.CSS_SELECTOR, "#log > li > details > summary"):
        summary.click()
    shown = browser.find_element(By.ID, "log").text
    assert "broken in" in shown
    assert "planted-secret" not in shown
    assert [] == browser.find_elements(By.CSS_SELECTOR, "main img, main script")
    visit(browser, sandbox, "/#state", "#documents > pre")
    browser.execute_script(
        "const k = document.getElementById('state-kind'); k.value = 'tags'; k.dispatchEvent(new Event('input'))"
    )
    WebDriverWait(browser, 20).until(lambda driver: "broken in" in driver.find_element(By.ID, "documents").text)
    assert [] == browser.find_elements(By.CSS_SELECTOR, "main img, main script")
    assert "Loyalty sandbox" == browser.title


@browser_needed
def test_controls_do_what_they_say(browser: WebDriver, sandbox: Sandbox) -> None:
    """The clock moves, a fault is set, a mistake is told."""
    resize(browser, 1280, 900)
    sandbox.admin("POST", "clock", {"now": "2026-03-01T12:00:00Z", "stopped": True})
    visit(browser, sandbox, "/#controls", "#fault option[value=listDeals]")
    said = browser.find_element(By.ID, "said")
    browser.find_element(By.CSS_SELECTOR, "[data-advance='86400']").click()
    WebDriverWait(browser, 20).until(lambda driver: said.text == "It is 2026-03-02T12:00:00Z now.")
    browser.find_element(By.CSS_SELECTOR, "#fault button").click()
    WebDriverWait(browser, 20).until(
        lambda driver: "stampede *: status=503" in driver.find_element(By.ID, "faults").text
    )
    words = browser.find_element(By.CSS_SELECTOR, "#fault input[name=fault]")
    words.clear()
    words.send_keys("explode")
    browser.find_element(By.CSS_SELECTOR, "#fault button").click()
    WebDriverWait(browser, 20).until(lambda driver: "'explode' is not known" in said.text)


@browser_needed
@pytest.mark.parametrize("slug", ["stampede", "stamps"])
def test_the_documentation_shows_every_operation(browser: WebDriver, sandbox: Sandbox, slug: str) -> None:
    """Each operation of the effective spec once; opening one draws its bodies."""
    resize(browser, 1280, 900)
    visit(browser, sandbox, f"/pages/docs.html?vendor={slug}", "details.operation")
    names = [element.get_attribute("id") for element in browser.find_elements(By.CSS_SELECTOR, "details.operation")]
    assert sorted(sandbox.world.engines[slug].operations) == sorted(str(name) for name in names)
    for summary in browser.find_elements(By.CSS_SELECTOR, "details.operation > summary"):
        summary.click()
    browser.execute_script("document.querySelectorAll('details.schema').forEach((each) => { each.open = true; })")
    page = browser.find_element(By.ID, "operations").text
    assert "[object" not in page
    assert {"stampede": "privacy.data", "stamps": "number_of_stamps"}[slug] in page


@browser_needed
@pytest.mark.parametrize(
    "path", ["/", "/#requests", "/#state", "/#controls", "/pages/docs.html?vendor=stampede#createGuest"]
)
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_pages_fit_laptop_and_phone(browser: WebDriver, sandbox: Sandbox, path: str, width: int, height: int) -> None:
    """Nothing is wider than the screen, and the console is silent."""
    resize(browser, width, height)
    console(browser)
    visit(browser, sandbox, path, "details.operation" if "docs" in path else "#vendor-stamps")
    assert width >= browser.execute_script("return document.documentElement.scrollWidth")
    assert [] == console(browser)


def test_pages_need_nothing_from_elsewhere(serve: Serve) -> None:
    """No address outside the sandbox, no inline script, and a policy that would forbid both."""
    client = serve("stamps").client()
    index = client.get("/")
    assert "default-src 'none'" in index.headers["Content-Security-Policy"]
    for path in PAGES.iterdir():
        content = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href|url\(|from|import)\s*=?\s*[\"']?(?:https?:)?//", content), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", content), path.name
        assert httpx.codes.OK == client.get(f"/pages/{path.name}").status_code
