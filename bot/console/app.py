"""The console's app factory: its own settings, headers, error pages; nothing is opened at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console import (
    account,
    audit,
    bulk,
    cases,
    clusters,
    entrance,
    evidence,
    export,
    queue,
    redaction,
    staff,
    statistics,
)
from bot.console.access import routes
from bot.console.pages import show
from bot.services import Services
from bot.settings import Settings

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MAX_BODY = 64 * 1024
_PAGES = (entrance, account, queue, bulk, cases, evidence, export, redaction, clusters, statistics, staff, audit)


class Shield:
    """Headers on every answer, nothing personal kept by any cache, and no body larger than a form needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > _MAX_BODY:
                raise HTTPException(413)
            return message

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *((k.lower().encode(), v.encode()) for k, v in _HEADERS.items())]
                if not scope["path"].startswith("/static/"):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, limited, dressed)


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return show(request, "refused.html", status=status)


def all_routes() -> list[BaseRoute]:
    """Every route of the console; each but the static files declares who may call it."""
    declared = [found for module in _PAGES for found in routes(module)]
    return [*declared, Mount("/static", StaticFiles(directory=_HERE / "static"), name="static")]


def create_app(services: Services) -> Starlette:
    """The console over the services it stands on."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        services.close()

    app = Starlette(
        routes=all_routes(),
        middleware=[Middleware(Shield)],
        exception_handlers={HTTPException: _refused, 500: _refused},
        lifespan=lifespan,
    )
    app.state.services = services
    return app


def from_environment() -> Starlette:
    """For uvicorn's ``--factory``."""
    return create_app(Services(Settings()))
