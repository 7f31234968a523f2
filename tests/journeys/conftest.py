"""Who takes the journeys: somebody with Telegram on their phone, and people at a browser."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PASSPHRASE = "four quiet herons wade"


@dataclass
class Phone:
    """Somebody with Telegram on their phone."""

    stack: Any
    chat: int
    language: str

    def say(self, text: str) -> str:
        """Type something; what comes back."""
        return self._after(lambda: self._control("say", {"content": {"text": text}}))

    def tap(self, title: str) -> str:
        """Tap the newest button of this name; what comes back."""
        for message in reversed(self.messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if title in button["text"]:
                        given = {"message_id": message["message_id"], "data": button["callback_data"]}
                        return self._after(lambda: self._control("tap", given))  # noqa: B023 - called at once
        raise AssertionError(f"no button {title!r} among {self.messages()[-2:]}")

    def messages(self) -> list[dict[str, Any]]:
        """Everything shown so far."""
        shown = httpx.get(f"{self.stack.telegram}/control/shown", trust_env=False).json()["messages"]
        return [message for message in shown if message["chat"]["id"] == self.chat]

    def texts(self) -> list[str]:
        """The words of everything shown so far."""
        return [message.get("text") or message.get("caption", "") for message in self.messages()]

    def _control(self, what: str, given: dict[str, Any]) -> None:
        body = given | {"chat": self.chat, "language": self.language}
        httpx.post(f"{self.stack.telegram}/control/{what}", json=body, trust_env=False).raise_for_status()

    def _after(self, act: Callable[[], None]) -> str:
        before = len(self.messages())
        act()
        self.stack.until(lambda: len(self.messages()) > before)
        # An answer may be several messages: it is whole when nothing came for longer than the pace allows.
        count, quiet_since = len(self.messages()), time.monotonic()
        while time.monotonic() - quiet_since < 1.5:
            time.sleep(0.05)
            if len(self.messages()) != count:
                count, quiet_since = len(self.messages()), time.monotonic()
        return "\n".join(self.texts()[before:])


@pytest.fixture
def phone(stack: Any) -> Callable[[int, str], Phone]:
    """Somebody's phone, by chat and the language it is set to."""
    return lambda chat, language: Phone(stack, chat, language)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # A module long and no longer: Playwright's loop must not meet those of the asynchronous tests.
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                  "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own, that fails the test when it logs an error or asks any other host for anything."""
    contexts, troubles = [], []

    def note(request: Any) -> None:
        if not re.match(r"(https?://127\.0\.0\.1[:/]|data:|about:|blob:)", request.url):
            troubles.append(f"asked for {request.url}")

    def new(**options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(20_000)
        made.on("request", note)
        made.on("pageerror", lambda error: troubles.append(str(error)))
        made.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        return made

    yield new
    for context in contexts:
        context.close()
    assert troubles == []


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA that axe can see."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    # What is still fading in has not its colours yet.
    page.evaluate("""() => {
        const roots = [document, ...[...document.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? [])];
        const moving = roots.flatMap((root) => root.getAnimations());
        const ending = moving.filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
        return Promise.all(ending.map((one) => one.finished.catch(() => null)));
    }""")
    violations = Axe().run(page, options=rules).response["violations"]
    assert [
        (one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"]]) for one in violations
    ] == []


@pytest.fixture
def is_accessible() -> Callable[[Page], None]:
    return accessible


@dataclass
class Handler:
    """A complaint handler at the console, in whatever language their browser asks for."""

    page: Page

    def case(self, words: str) -> None:
        """Open the case that says these words: other residents complain too, and the queue shows no word of them."""
        queue = self.page.url
        for link in self.page.locator("tbody a").all():
            link.click()
            self.page.locator("#what").wait_for()
            if self.page.get_by_text(words).count():
                return
            self.page.goto(queue)
        raise AssertionError(f"no case says {words!r}")

    def write(self, field: str, text: str) -> None:
        """Write into one of the case's forms and send it."""
        self.page.locator(f"#{field}").fill(text)
        self.page.locator(f"form:has(#{field}) button:not([formaction])").click()
        self.page.get_by_text(text).first.wait_for()

    def take(self) -> None:
        """Take the case."""
        self.page.locator("form[action$='/take'] button").click()
        self.page.locator("form[action$='/answer']").wait_for()

    def move(self, status: str) -> None:
        """Change its state."""
        self.page.locator("#to").select_option(status)
        self.page.locator("form[action$='/move'] button").click()
        self.page.locator(f"h1 .state.{status}").wait_for()


@pytest.fixture
def handler(stack: Any, page: Callable[..., Page]) -> Callable[[str, str], Handler]:
    """Somebody new at the desk: invited, enrolled with a QR code, signed in. Every page on the way is accessible."""

    def join(name: str, locale: str) -> Handler:
        desk = page(locale=locale)
        desk.goto(stack.staff_link(name, "handler"))
        accessible(desk)
        totp = pyotp.TOTP(desk.locator("code").inner_text())
        # The code before the present one is still good, and leaves the present one for signing in.
        desk.locator("#passphrase").fill(PASSPHRASE)
        desk.locator("#code").fill(totp.at(int(time.time()) - 30))
        desk.locator("main button").click()
        desk.locator("#name").wait_for()
        accessible(desk)
        desk.locator("#name").fill(name)
        desk.locator("#passphrase").fill(PASSPHRASE)
        desk.locator("#code").fill(totp.now())
        desk.locator("main button").click()
        desk.locator("h1 .count").wait_for()
        accessible(desk)
        return Handler(desk)

    return join
