"""The widget without a network, in a real browser: nothing is lost or sent twice, and no word lies in the open."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Playwright, Route, sync_playwright

from tests.web.conftest import Stack

pytestmark = pytest.mark.browser

WORDS = "plainly-legible-words 村口老王借我三千"
STATIC = ("/", "/static/mingbai.js", "/static/mingbai.css", "/static/page.css", "/static/mark.svg")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def address(stack: Stack) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(stack.app(), port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


Open = Callable[..., BrowserContext]


def cached(url: str, locale: str) -> Callable[[Route], None]:
    """A file as the browser's cache would give it."""
    answer = httpx.get(url, headers={"Accept-Language": locale}, trust_env=False)
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Security-Policy")}
    return lambda route: route.fulfill(body=answer.content, headers=headers)


@pytest.fixture
def browser(playwright: Playwright, address: str, profile: Path) -> Iterator[Open]:
    """The same phone, switched on again and again. The page itself comes from its cache when there is no network."""
    opened: list[BrowserContext] = []

    def switch_on(locale: str = "zh-CN") -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"], locale=locale,
            viewport={"width": 360, "height": 740}, base_url=address, reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        for path in STATIC:
            context.route(f"{address}{path}", cached(f"{address}{path}", locale))
        opened.append(context)
        return context

    yield switch_on
    for context in opened:
        context.close()


def visit(context: BrowserContext) -> Page:
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("/")
    page.locator("#input").wait_for()
    return page


def say(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")


def greeted(page: Page) -> None:
    page.locator(".message.bot").first.wait_for()


def kept(page: Page) -> list[str]:
    """What lies in the database of the page."""
    return page.evaluate("""async () => {
        const names = (await indexedDB.databases()).map(({ name }) => name);
        const open = (name) => new Promise((resolve) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => resolve(request.result);
        });
        const found = [];
        for (const name of names) {
            const database = await open(name);
            const request = database.transaction("kept").objectStore("kept").getAllKeys();
            found.push(...await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); }));
            database.close();
        }
        return found;
    }""")


def until_kept(page: Page, look: Callable[[list[str]], bool]) -> None:
    deadline = time.monotonic() + 10
    while not look(kept(page)):
        assert time.monotonic() < deadline, kept(page)
        page.wait_for_timeout(50)


def in_the_clear(profile: Path, words: str) -> list[str]:
    forms = [words.encode(), words.encode("utf-16-le")]
    return [
        str(file.relative_to(profile))
        for file in profile.rglob("*")
        if file.is_file() and any(form in file.read_bytes() for form in forms)
    ]


def heard(stack: Stack) -> list[str]:
    return [text for _, text in stack.rasa.heard if text != "/start"]


@pytest.mark.parametrize(("locale", "waits"), [("zh-CN", "网好了会自动发出去"), ("en-GB", "It will be sent by itself")])
def test_what_was_said_without_a_network_arrives_once_and_in_order(
    stack, browser, profile, locale, waits, tmp_path
) -> None:
    context = browser(locale)
    page = visit(context)
    greeted(page)
    context.set_offline(True)
    say(page, WORDS)
    page.get_by_role("status").filter(has_text=waits).wait_for()
    say(page, "and then")
    page.locator(".waiting li").nth(1).wait_for()
    page.locator("#input").fill("not finished-yet")
    until_kept(page, lambda ids: "draft" in ids and len(ids) == 4)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])").count("finished") == 0
    page.screenshot(path=tmp_path / f"waiting-{locale}.png")
    page.reload()
    page.locator(".waiting li").nth(1).wait_for()
    assert page.locator(".waiting li .words").all_inner_texts() == [WORDS, "and then"]
    assert page.locator("#input").input_value() == "not finished-yet"
    page.screenshot(path=tmp_path / f"reloaded-{locale}.png")
    context.close()
    assert in_the_clear(profile, "mingbai:http"), "this is where what a page keeps lies"
    for words in ("plainly-legible-words", "老王", "finished-yet"):
        assert in_the_clear(profile, words) == []

    # The battery is charged; the network is back a while later.
    context = browser(locale)
    context.set_offline(True)
    page = visit(context)
    page.locator(".waiting li").nth(1).wait_for()
    assert heard(stack) == []
    context.set_offline(False)
    page.locator(".message.user").nth(1).wait_for()
    page.locator(".message.bot").nth(2).wait_for()
    assert heard(stack) == [WORDS, "and then"]
    assert page.locator(".message.user .bubble").all_inner_texts() == [WORDS, "and then"]
    assert page.locator(".waiting").inner_text() == ""
    assert page.locator("#input").input_value() == "not finished-yet"
    until_kept(page, lambda ids: sorted(ids) == ["draft", "key"])


def test_two_tabs_send_it_once(stack, browser) -> None:
    context = browser()
    page = visit(context)
    greeted(page)
    context.set_offline(True)
    say(page, WORDS)
    page.locator(".waiting li").wait_for()
    until_kept(page, lambda ids: len(ids) == 2)
    other = context.new_page()
    other.goto("/")
    other.locator(".waiting li").wait_for()
    context.set_offline(False)
    for tab in (page, other):
        tab.locator(".waiting li").wait_for(state="detached")
        tab.locator(".message.user").wait_for()
    assert heard(stack) == [WORDS]
    assert [tab.locator(".message.user").count() for tab in (page, other)] == [1, 1]


def test_leaving_quickly_erases_what_was_kept(stack, browser) -> None:
    context = browser()
    page = visit(context)
    greeted(page)
    context.set_offline(True)
    say(page, WORDS)
    page.locator("#input").fill("half a sentence")
    until_kept(page, lambda ids: len(ids) == 3)
    page.locator(".tool.leave").click()
    page.wait_for_url("about:blank")
    context.set_offline(False)
    page = visit(context)
    greeted(page)
    assert kept(page) == []
    assert page.locator(".waiting").inner_text() == ""
    assert page.locator("#input").input_value() == ""
    assert heard(stack) == []


def test_a_message_can_be_taken_back_and_forgetting_erases_without_a_network(stack, browser) -> None:
    context = browser()
    page = visit(context)
    greeted(page)
    context.set_offline(True)
    say(page, WORDS)
    page.locator(".waiting button").click()
    assert page.locator("#input").input_value() == WORDS
    until_kept(page, lambda ids: sorted(ids) == ["draft", "key"])
    page.locator(".small .link").click()
    page.locator(".notice .solid").click()
    until_kept(page, lambda ids: ids == [])
    assert page.locator("#input").input_value() == ""
    again = page.locator(".notice .solid", has_text="再试一次")
    again.wait_for()
    context.set_offline(False)
    again.click()
    page.locator(".remark").wait_for()
    assert heard(stack) == []


def test_embedded_it_keeps_nothing_before_it_is_used_and_sends_without_being_opened(stack, browser, address) -> None:
    context = browser()
    host = '<!doctype html><title>镇政府</title><script src="/static/mingbai.js" data-mode="floating" defer></script>'
    context.route(f"{address}/embed", lambda route: route.fulfill(body=host, content_type="text/html; charset=utf-8"))
    page = context.pages[0]
    page.goto("/embed")
    page.locator(".launcher").wait_for()
    assert page.evaluate("indexedDB.databases()") == []
    page.locator(".launcher").click()
    greeted(page)
    context.set_offline(True)
    say(page, WORDS)
    page.locator(".waiting li").wait_for()
    until_kept(page, lambda ids: len(ids) == 2)
    page.reload()
    page.locator(".launcher").wait_for()
    context.set_offline(False)
    page.locator(".message.user").wait_for(state="attached")
    until_kept(page, lambda ids: ids == ["key"])
    assert heard(stack) == [WORDS]
    assert page.locator(".panel").is_hidden()
