"""Puts the web gateway together: routes, errors, headers, and the work that goes on beside requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from bot.complaints.statistics import Report
from bot.content.wording import Wording
from bot.conversations import AssistantUnavailableError, ConversationNotFoundError, Conversations, Delivery
from bot.messages import Channel
from bot.services import Services
from bot.settings import Settings
from bot.uploads import Uploads
from bot.web import pages, statistics
from bot.web.api import Api
from bot.web.problems import Problems
from bot.web.settings import WebSettings
from bot.web.shield import Shield

_STATIC = Path(__file__).parent / "static"
_LOOK_FOR_NOTICES = 1.0
_LOOK_FOR_EXPIRED = 300.0

log = structlog.get_logger(__name__)


async def _nothing() -> None:
    return


def create_app(  # noqa: PLR0913, PLR0917 - what it stands on, each once
    settings: WebSettings,
    conversations: Conversations,
    wording: Wording,
    checks: Mapping[str, pages.Check],
    uploads: Uploads,
    close: Callable[[], Awaitable[None]] = _nothing,
    count: Callable[[], Report] | None = None,
) -> FastAPI:
    """The gateway over what it stands on. ``checks`` are asked by ``/readyz``; ``close`` runs at the end.

    ``count`` makes the public statistics; without it there is no such page.
    """
    problems = Problems(wording)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        beside = [
            asyncio.create_task(
                _repeat(lambda: conversations.deliver_due(Channel.WEB, _stands_there), _LOOK_FOR_NOTICES)
            ),
            asyncio.create_task(_repeat(conversations.forget_expired, _LOOK_FOR_EXPIRED)),
        ]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*beside)
            await close()

    app = FastAPI(
        title="Mingbai 明白",
        summary="The chat contract of the web gateway.",
        # The usual documentation pages load scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(Shield, settings=settings, failed=problems.answer),
            Middleware(
                CORSMiddleware,
                allow_origins=settings.embed_origins,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Last-Event-ID", "X-File-Name"],
                expose_headers=["Retry-After"],
            ),
        ],
        exception_handlers={
            HTTPException: problems.of_http,
            RequestValidationError: problems.of_validation,
            AssistantUnavailableError: problems.of_conversation,
            ConversationNotFoundError: problems.of_conversation,
        },
    )
    app.include_router(Api(conversations, uploads, settings).router())
    app.include_router(pages.router(wording, checks))
    if count is not None:
        app.include_router(statistics.router(wording, statistics.Kept(count)))
    app.mount("/static", StaticFiles(directory=_STATIC, check_dir=False), name="static")
    return app


async def _stands_there(_delivery: Delivery) -> None:
    """On the web a notice is delivered by standing in the conversation; its listeners are woken."""


async def _repeat(work: Callable[[], Awaitable[object]], pause: float) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a database that is away now will be back; the work waits in it
            log.warning("background_work_failed", error=type(error).__name__)
        await asyncio.sleep(pause)


def from_environment() -> FastAPI:
    """For uvicorn's ``--factory``."""
    services = Services(Settings())
    return create_app(
        WebSettings.of(services.settings),
        services.conversations,
        services.content.wording,
        {"database": services.database_answers, "assistant": services.rasa.ready},
        services.uploads,
        services.aclose,
        services.statistics.public if services.settings.public_statistics else None,
    )
