"""The statistics page and its CSV."""

import csv
import io

import pytest

from bot.complaints import Kind
from bot.complaints.statistics import Line, Report, Table, Topic
from bot.console.statistics import csv_of
from bot.messages import Language
from bot.services import now
from bot.staff import Role
from tests.console.conftest import file_complaint, signed_in


@pytest.fixture
def cases(services) -> None:
    for number in range(9):
        kind = Kind.FRAUD if number < 6 else Kind.COST
        file_complaint(services, draft_id=f"d{number}", kind=kind)


async def test_a_handler_sees_charts_with_tables_and_names(handler, cases) -> None:
    page = (await handler.get("/statistics")).text
    assert page.count("<svg") > 20
    assert page.count('<table class="chart">') == 8
    assert "某催收公司" in page
    assert "按机构" in page
    assert "半夜" not in page


async def test_small_counts_are_hidden(handler, cases) -> None:
    page = (await handler.get("/statistics")).text
    # Three about cost: hidden, and with them the six about fraud, which the total would tell.
    assert "<td>3</td>" not in page
    assert "<td>6</td>" not in page
    assert "不显示" in page


async def test_who_reads_no_cases_reads_no_names(app, services, cases) -> None:
    auditor = await signed_in(app, services, "审计", Role.AUDITOR)
    for path in ("/statistics", "/statistics.csv"):
        text = (await auditor.get(path)).text
        assert "机构 1" in text
        assert "某催收" not in text
    await auditor.http.aclose()


async def test_an_empty_desk_shows_no_figure(handler) -> None:
    assert "太少" in (await handler.get("/statistics")).text


async def test_english(handler, cases) -> None:
    handler.http.cookies.set("mingbai_console_language", "en")
    assert "By institution" in (await handler.get("/statistics")).text


async def test_csv_says_the_same(handler, cases) -> None:
    answer = await handler.get("/statistics.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["统计项", "分项", "件数"]
    assert ["按状态", "已收到", "9"] in rows
    assert ["按类别", "诈骗", "不显示"] in rows
    assert ["按机构", "某催收公司", "9"] in rows


@pytest.mark.parametrize("name", ["=1+1", "+86", "-1", "@x", "  =1", "\t=1", "＝1", "\r=1"])
def test_no_name_becomes_a_formula(name: str) -> None:
    report = Report(now(), 9, (Table(Topic.INSTITUTION, (Line("1", 9, name),)),))
    rows = list(csv.reader(io.StringIO(csv_of(report, Language.ZH).removeprefix("\ufeff"), newline="")))
    assert rows[1][1] == f"'{name}"


async def test_the_way_there_is_shown_to_those_who_may(handler, app, services) -> None:
    assert 'href="/statistics"' in (await handler.get("/")).text
    administrator = await signed_in(app, services, "管理", Role.ADMINISTRATOR)
    assert (await administrator.get("/statistics")).status_code == 404
    await administrator.http.aclose()
