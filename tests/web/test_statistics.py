"""The public page of statistics."""

from datetime import UTC, datetime

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import async_playwright

from bot.complaints import Age, ComplaintDraft, Complaints, Kind, Status
from bot.complaints.statistics import EARLIER, FirstAnswer, Report, Statistics, Topic
from bot.messages import Channel, Language
from bot.settings import Settings
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import reader_factory, session_factory
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.statistics import SqlStatisticsStore
from bot.web.app import create_app
from bot.web.statistics import Kept
from tests.shipped_desk import PROMISES
from tests.web.conftest import KEYS, WORDING

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def app(stack) -> FastAPI:
    writers, readers = session_factory(stack.engine), reader_factory(stack.engine)
    desk = Complaints(
        SqlComplaintStore(writers, readers), Argon2ReceiptHasher(KEYS, memory_kib=8, rounds=1), stack.clock, PROMISES
    )
    for number in range(18):
        kind = Kind.FRAUD if number < 15 else Kind.COST
        desk.file(
            ComplaintDraft(
                draft_id=f"d{number}", kind=kind, story="他们半夜打电话骂人", against="快贷", when="", amount="",
                wish="", language=Language.ZH, channel=Channel.WEB, sender="s", consent=True,
            )
        )  # fmt: skip
    stack.clock.now = datetime(2026, 4, 9, tzinfo=UTC)
    count = Statistics(SqlStatisticsStore(writers, readers), stack.clock).public
    return create_app(stack.settings, stack.conversations, stack.wording, {}, stack.uploads, count=count)


async def test_there_is_no_page_unless_an_operator_wants_it(stack, http: httpx.AsyncClient) -> None:
    assert Settings(_env_file=None).public_statistics is False
    assert (await http.get("/statistics")).status_code == 404


async def test_figures_without_institutions_or_words(stack, app) -> None:
    async with stack.http(app) as http:
        answer = await http.get("/statistics", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 200
    assert "2026-04-01以前" in answer.text
    assert "共18件" in answer.text
    assert answer.text.count("<svg") > 20
    for word in ("快贷", "半夜", "机构 1", "<td>3</td>", "<td>15</td>"):
        assert word not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_in_both_languages(stack, app) -> None:
    async with stack.http(app) as http:
        english = await http.get("/statistics", headers={"Accept-Language": "en"})
        chosen = await http.get("/statistics?lang=zh", headers={"Accept-Language": "en"})
    assert "Complaints in figures" in english.text
    assert "投诉统计" in chosen.text
    assert 'lang="zh-CN"' in chosen.text


def test_every_line_there_can_be_has_a_name_in_both_languages() -> None:
    named = {Topic.STATUS: Status, Topic.AGE: Age, Topic.CHANNEL: Channel, Topic.LANGUAGE: Language,
             Topic.ANSWER: FirstAnswer, Topic.MONTH: (EARLIER,)}  # fmt: skip
    keys = {f"statistics_{topic}_{key}" for topic, found in named.items() for key in found}
    keys |= {f"case_kind_{kind}" for kind in Kind} | {f"statistics_by_{topic}" for topic in [*named, Topic.KIND]}
    assert keys - WORDING.keys() == set()


async def test_counted_once_an_hour_however_many_ask() -> None:
    seconds, counted = [0.0], []

    def count() -> Report:
        counted.append(1)
        return Report(datetime(2026, 4, 1, tzinfo=UTC), None, ())

    kept = Kept(count, lambda: seconds[0])
    for moment in (0.0, 1.0, 3599.0, 3600.0, 3601.0):
        seconds[0] = moment
        await kept.get()
    assert len(counted) == 2


async def test_a_count_that_failed_is_tried_again() -> None:
    answers = [RuntimeError("database away"), Report(datetime(2026, 4, 1, tzinfo=UTC), None, ())]

    def count() -> Report:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = Kept(count)
    with pytest.raises(RuntimeError):
        await kept.get()
    assert (await kept.get()).total is None


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "scheme", "width"), [("zh-CN", "light", 360), ("en-GB", "dark", 1200)])
async def test_the_page_is_accessible_on_a_phone_and_a_wide_screen(stack, app, locale, scheme, width) -> None:
    stack.app = lambda: app
    async with stack.serving() as http, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = await browser.new_page(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800})
        await page.goto(f"{http.base_url}/statistics")
        found = (await Axe().run(page, options=RULES)).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert await page.locator("rect[width='100']").first.is_visible()
        await browser.close()
