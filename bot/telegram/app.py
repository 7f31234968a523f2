"""Puts the gateway together with python-telegram-bot: long polling, or a webhook when there is a public address."""

import asyncio
import contextlib
import time
from typing import Any

import structlog
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, ExtBot, TypeHandler

from bot.messages import Channel, Language
from bot.services import Services, now
from bot.settings import Settings
from bot.telegram.gateway import Gateway, bot_commands
from bot.telegram.groups import Groups
from bot.telegram.pacing import Clock, Pacer, Sleep

ALLOWED_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
WEBHOOK_PATH = "telegram"
_LOOK_FOR_NOTICES = 1.0

App = Application[Any, Any, Any, Any, Any, Any]

log = structlog.get_logger()


def build(services: Services, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> App:
    """The application, ready to run; ``clock`` and ``sleep`` are the seconds in which it paces and looks again."""
    settings = services.settings
    pacer = Pacer(clock=clock, sleep=sleep)
    builder = ApplicationBuilder().token(settings.telegram_token.get_secret_value()).rate_limiter(pacer)
    # One chat's turn waits on Rasa; the conversations keep each chat's own order.
    builder = builder.concurrent_updates(64).post_init(_begin(services, sleep)).post_stop(_end)
    if settings.telegram_base_url:
        base = settings.telegram_base_url.rstrip("/")
        builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    application = builder.build()
    bot: ExtBot[int] = application.bot
    wording = services.content.wording
    groups = Groups(services.screener, services.group_lines, wording, bot, now, clock)
    gateway = Gateway(services.conversations, services.uploads, wording, bot, groups)
    application.bot_data["gateway"] = gateway
    application.add_handler(TypeHandler(Update, gateway.on_update))
    application.add_error_handler(_on_error)
    return application


def _begin(services: Services, sleep: Sleep) -> Any:
    async def begin(application: App) -> None:
        wording = services.content.wording
        for language, code in ((Language.ZH, "zh"), (Language.EN, None)):
            await application.bot.set_my_commands(bot_commands(wording, language), language_code=code)
        notices = asyncio.create_task(_bring_notices(services, application.bot_data["gateway"], sleep))
        application.bot_data["notices"] = notices

    return begin


async def _end(application: App) -> None:
    notices: asyncio.Task[None] = application.bot_data["notices"]
    notices.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await notices


async def _bring_notices(services: Services, gateway: Gateway, sleep: Sleep) -> None:
    while True:
        try:
            await services.conversations.deliver_due(Channel.TELEGRAM, gateway.deliver)
        except Exception as error:  # noqa: BLE001 - a database that is away now will be back; notices wait in it
            log.warning("notices_failed", error=type(error).__name__)
        await sleep(_LOOK_FOR_NOTICES)


async def _on_error(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what kind of thing went wrong; never the update, which holds what somebody wrote."""
    error = context.error
    kind = "telegram_refused" if isinstance(error, TelegramError) else "gateway_failed"
    log.error(kind, error=type(error).__name__)


def run(settings: Settings) -> None:
    """Run until told to stop."""
    services = Services(settings)
    application = build(services)
    try:
        if settings.public_url:
            application.run_webhook(
                listen="127.0.0.1",
                port=settings.telegram_webhook_port,
                url_path=WEBHOOK_PATH,
                webhook_url=f"{settings.public_url.rstrip('/')}/{WEBHOOK_PATH}",
                secret_token=services.keys.lookup_hash("telegram webhook", "secret token"),
                allowed_updates=ALLOWED_UPDATES,
                bootstrap_retries=-1,
            )
        else:
            application.run_polling(allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1)
    finally:
        services.close()
