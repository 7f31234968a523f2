"""Rendering: templates in the reader's language, with everything escaped."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.console.i18n import translations
from bot.console.places import places
from bot.messages import Language

LANGUAGE_COOKIE = "mingbai_console_language"
_TEMPLATES = Path(__file__).parent / "templates"
_CHINA = timezone(timedelta(hours=8))  # one time zone, no summer time


@lru_cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["moment"] = moment
    environment.globals["language"] = language
    return environment


def moment(at: datetime) -> str:
    """A moment in China's time, to the minute."""
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")


def language_of(request: Request) -> Language:
    """The reader's choice, else what their browser asks for, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    asked = request.headers.get("accept-language", "").lower()
    return Language.EN if asked.startswith("en") else Language.ZH


def text_of(language: Language, template: str, **values: Any) -> str:
    """A template's text by itself, for what is no page of the console."""
    return _environment(language).get_template(template).render(**values)


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page as an answer."""
    page = _environment(language_of(request)).get_template(template)
    staff = getattr(request.state, "staff", None)
    common = {"request": request, "staff": staff, "status": status, "path": request.url.path}
    return HTMLResponse(page.render(common, places=places(request), **values), status)
