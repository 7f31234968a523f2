"""The console in a real browser: accessible by axe, and nothing wider than a phone of 360 pixels but the table."""

import threading
import time
from collections.abc import Iterator

import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from bot.console.app import create_app
from bot.staff import Role
from tests.console.conftest import PASSPHRASE, file_complaint

pytestmark = pytest.mark.browser
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def address(services) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(services), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("locale", "scheme", "width"), [("zh-CN", "light", 360), ("en-GB", "dark", 1200)])
def test_every_page_is_accessible(address, services, locale, scheme, width, tmp_path) -> None:
    for number in range(3):
        file_complaint(services, draft_id=f"d{number}", story="他们半夜打电话骂人，说要上门，吓得我妈睡不着觉")
    link = services.staff.invite("李华", Role.HANDLER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
        page.goto(f"{address}/enrol/{link}")
        accessible(page)
        totp = pyotp.TOTP(page.locator("code").inner_text())
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#code").fill(totp.at(int(time.time()) - 30))
        page.locator("main button").click()
        page.locator("#name").wait_for()
        accessible(page)
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#code").fill(totp.now())
        page.locator("main button").click()
        page.locator("h1 .count").wait_for()
        accessible(page)
        page.screenshot(path=tmp_path / "queue.png")
        page.locator("tbody a").first.click()
        page.locator("form[action$='/take'] button").click()
        page.locator("#answer").wait_for()
        accessible(page)
        page.screenshot(path=tmp_path / "case.png", full_page=True)
        page.goto(f"{address}/step-up")
        accessible(page)
        browser.close()
