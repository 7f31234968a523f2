"""Statistics for the desk: charts, each with its table, and the same as CSV."""

import csv
from io import StringIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.complaints.statistics import EARLIER, LEAST_SHOWN, OTHERS, Line, Report, Statistics, Topic
from bot.console.access import route, staff_of
from bot.console.i18n import translations
from bot.console.pages import language_of, show
from bot.messages import Language
from bot.staff import Right

_BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's old code page."""
_STARTS_FORMULA = tuple("=+-@＝＋－＠")
_LONGEST_NAME = 60


@route("/statistics", Right.STATISTICS)
async def statistics(request: Request) -> Response:
    """The page."""
    language = language_of(request)
    return show(
        request,
        "statistics.html",
        report=await _report(request),
        label=lambda topic, line: label_of(topic, line, language),
        least=LEAST_SHOWN,
    )


@route("/statistics.csv", Right.STATISTICS)
async def statistics_csv(request: Request) -> Response:
    """The same for a spreadsheet."""
    text = csv_of(await _report(request), language_of(request))
    return Response(
        text.encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="statistics.csv"'},
    )


async def _report(request: Request) -> Report:
    counts: Statistics = request.app.state.services.statistics
    member = staff_of(request)
    # Whoever reads no cases reads no names from them either.
    return await run_in_threadpool(counts.desk, member, names=member.may(Right.WORK_CASES))


def label_of(topic: Topic, line: Line, language: Language) -> str:
    """What a line is called."""
    say = translations(language).gettext
    if topic is Topic.INSTITUTION and line.key != OTHERS:
        return line.name[:_LONGEST_NAME] or f"{say('party.numbered')} {line.key}"
    if topic is Topic.MONTH and line.key != EARLIER:
        return line.key
    return say(f"{topic}.{line.key}")


def csv_of(report: Report, language: Language) -> str:
    """Table, line and count in each row. No cell is taken for a formula by any spreadsheet."""
    say = translations(language).gettext
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(_safe(say(text)) for text in ("column.table", "column.line", "column.number"))
    for table in report.tables:
        for line in table.lines:
            number = say("number.hidden") if line.number is None else str(line.number)
            cells = (say(f"topic.{table.topic}"), label_of(table.topic, line, language), number)
            rows.writerow(_safe(cell) for cell in cells)
    return _BOM + file.getvalue()


def _safe(cell: str) -> str:
    starts = cell.lstrip().startswith(_STARTS_FORMULA) or cell[:1] in {"\t", "\r", "\n"}
    return f"'{cell}" if starts else cell
