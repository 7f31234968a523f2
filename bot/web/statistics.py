"""The public page of statistics, for operators who want one: no institutions, no single case, only full months."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.complaints.statistics import EARLIER, LEAST_SHOWN, Line, Report, Topic
from bot.content.wording import Wording
from bot.messages import Language
from bot.web.clients import preferred_language

_KEPT_SECONDS = 3600.0
_TEMPLATES = Path(__file__).parent / "templates"


class Kept:
    """The report, counted again only after an hour, however many ask."""

    def __init__(self, count: Callable[[], Report], clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._lock = asyncio.Lock()
        self._found: tuple[float, Report] | None = None

    async def get(self) -> Report:
        """The report. Raises what counting raises; the next caller tries again."""
        async with self._lock:
            if self._found is None or self._clock() - self._found[0] >= _KEPT_SECONDS:
                self._found = (self._clock(), await asyncio.to_thread(self._count))
            return self._found[1]


def router(wording: Wording, kept: Kept) -> APIRouter:
    """``/statistics``."""
    pages = APIRouter(include_in_schema=False)
    page = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined).get_template(
        "statistics.html"
    )

    @pages.get("/statistics")
    async def show(request: Request, lang: str = "") -> HTMLResponse:
        asked = lang if lang in set(Language) else preferred_language(request.headers.get("accept-language", ""))
        language = Language(asked or Language.ZH)

        def say(key: str, **values: object) -> str:
            return wording.say(key, language, **values)

        def label(topic: Topic, line: Line) -> str:
            if topic is Topic.MONTH and line.key != EARLIER:
                return line.key
            return say(f"case_kind_{line.key}" if topic is Topic.KIND else f"statistics_{topic}_{line.key}")

        html = page.render(
            language=language,
            html_lang="zh-CN" if language is Language.ZH else "en",
            other=Language.EN if language is Language.ZH else Language.ZH,
            say=say,
            label=label,
            report=await kept.get(),
            least=LEAST_SHOWN,
        )
        return HTMLResponse(html, headers={"Vary": "Accept-Language", "Content-Language": language})

    return pages
