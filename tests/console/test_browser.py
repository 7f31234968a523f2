"""The console in a real browser: accessible by axe, and nothing wider than a phone of 360 pixels but the table."""

import re
import threading
import time
from collections.abc import Iterator

import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from bot.complaints import Kind
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
        page.locator("#answer").fill("我们在看。")
        page.get_by_role("button", name=re.compile("加入答复|Add the reply")).click()
        page.locator("#answer").wait_for()
        assert page.locator("#answer").input_value().startswith("我们在看。\n\n")
        page.get_by_role("button", name=re.compile("预览|See it")).click()
        page.locator(".preview").wait_for()
        accessible(page)
        page.screenshot(path=tmp_path / "preview.png", full_page=True)
        page.goto(f"{address}/cases/1/redaction")
        page.locator("#words").fill("半夜")
        page.locator("main button").first.click()
        page.locator("h2 .mark").first.wait_for()
        for path in ("/cases/1/redaction", "/?kind=collection", "/clusters", "/account", "/step-up"):
            page.goto(f"{address}{path}")
            accessible(page)
            page.screenshot(path=tmp_path / f"{path.strip('/').replace('/', '-') or 'view'}.png", full_page=True)
        page.goto(f"{address}/clusters")
        page.locator("tbody a").first.click()
        page.locator("main button").click()
        page.locator("#texts").wait_for()
        accessible(page)
        for number in range(3, 20):
            file_complaint(services, draft_id=f"d{number}", kind=Kind.FRAUD if number < 12 else Kind.COST)
        page.goto(f"{address}/statistics")
        page.locator("rect[width='100']").first.wait_for()
        accessible(page)
        page.screenshot(path=tmp_path / "statistics.png", full_page=True)
        browser.close()


@pytest.mark.parametrize(("locale", "scheme", "width"), [("zh-CN", "dark", 360), ("en-GB", "light", 1200)])
def test_the_other_roles_pages_are_accessible(address, services, locale, scheme, width, monkeypatch, tmp_path) -> None:
    """Supervisor, administrator and auditor, each in a browser of their own."""
    for number in range(3):
        file_complaint(services, draft_id=f"d{number}")
    monkeypatch.setattr(services.staff, "is_stepped_up", lambda _token: True)
    pages = {
        Role.SUPERVISOR: ("/?kind=collection", "/bulk?kind=collection", "/cases/1"),
        Role.ADMINISTRATOR: ("/staff", "/account/passphrase"),
        Role.AUDITOR: ("/audit",),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for role, paths in pages.items():
            link = services.staff.invite(f"某{role}", role)
            totp = pyotp.TOTP(services.staff.begin_enrolment(link).secret)
            services.staff.enrol(link, PASSPHRASE, totp.at(int(time.time()) - 30))
            token = services.staff.sign_in(f"某{role}", PASSPHRASE, totp.now())
            context = browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
            context.add_cookies([{"name": "mingbai_console", "value": token, "url": address}])
            page = context.new_page()
            for path in paths:
                page.goto(f"{address}{path}")
                accessible(page)
                page.screenshot(path=tmp_path / f"{role}{paths.index(path)}.png", full_page=True)
            if role is Role.ADMINISTRATOR:
                page.goto(f"{address}/staff")
                page.locator("#name").fill("新人")
                page.locator("#invite ~ form button").click()
                page.locator("code.link").wait_for()
                accessible(page)
            if role is Role.AUDITOR:
                page.locator("form[action='/audit/verify'] button").click()
                page.locator(".notice").wait_for()
                accessible(page)
            if role is Role.SUPERVISOR:
                page.goto(f"{address}/bulk?kind=collection")
                page.locator("button[value=triage]").click()
                page.locator("#result").wait_for()
                accessible(page)
            context.close()
        browser.close()
