"""The page with the widget, and what machines ask."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse

from bot.content.wording import Wording
from bot.messages import Language
from bot.web.clients import preferred_language

Check = Callable[[], Awaitable[bool]]

_CHECK_SECONDS = 6.0
_TEMPLATES = Path(__file__).parent / "templates"


def router(wording: Wording, checks: Mapping[str, Check]) -> APIRouter:
    """``/``, ``/healthz`` and ``/readyz``."""
    pages = APIRouter(include_in_schema=False)
    index = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined).get_template(
        "index.html"
    )

    @pages.get("/")
    async def show(request: Request, lang: str = "") -> HTMLResponse:
        asked = lang if lang in set(Language) else preferred_language(request.headers.get("accept-language", ""))
        language = Language(asked or Language.ZH)

        def say(key: str) -> str:
            return wording.say(key, language)

        html = index.render(language=language, html_lang="zh-CN" if language is Language.ZH else "en", say=say)
        return HTMLResponse(html, headers={"Vary": "Accept-Language", "Content-Language": language})

    @pages.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @pages.get("/readyz")
    async def ready() -> JSONResponse:
        names = list(checks)
        found = await asyncio.gather(*(_answers(checks[name]) for name in names))
        status = "ok" if all(found) else "unavailable"
        body = {"status": status, "checks": dict(zip(names, found, strict=True))}
        return JSONResponse(body, 200 if all(found) else 503)

    return pages


async def _answers(check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), _CHECK_SECONDS)
    except Exception:  # noqa: BLE001 - whatever a dependency fails with, it is not ready
        return False
