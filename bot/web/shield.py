"""Around every request: no body larger than a message needs, safe headers, and no failure that shows its inside."""

import re
import traceback
from collections.abc import Callable
from pathlib import Path

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.problems import Kind, Refused
from bot.web.settings import WebSettings

FILES = re.compile(r"/api/v1/conversations/[^/]+/files")
"""The one path with a larger limit."""

log = structlog.get_logger(__name__)


class Shield:
    """The outermost of our layers."""

    def __init__(self, app: ASGIApp, settings: WebSettings, failed: Callable[[Request, Kind], Response]) -> None:
        self._app = app
        self._settings = settings
        self._failed = failed
        self._headers = _headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken, started = 0, False
        is_file = FILES.fullmatch(scope["path"]) is not None
        most = self._settings.max_file if is_file else self._settings.max_body
        too_large = Kind.FILE_TOO_LARGE if is_file else Kind.TOO_LARGE

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise Refused(too_large, Connection="close")
            return message

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                is_static = scope["path"].startswith("/static/")
                headers["Cache-Control"] = "no-cache" if is_static else "no-store"
                # The widget's bundle is loaded by the pages that embed it.
                headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_static else "same-site"
            await send(message)

        request = Request(scope)
        try:
            if _declared_length(request) > most:
                await self._failed(request, too_large)(scope, receive, dressed)
            else:
                await self._app(scope, limited, dressed)
        except Exception as error:
            # The message of an exception may quote what somebody wrote; its type and place do not.
            log.error("request_failed", error=type(error).__name__, at=_place(error))  # noqa: TRY400
            if started:
                raise
            await self._failed(request, Kind.INTERNAL)(scope, receive, dressed)


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "0")
    return int(declared) if declared.isdecimal() else 0


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-6:]))


def _headers(settings: WebSettings) -> dict[str, str]:
    ancestors = " ".join(settings.embed_origins) or "'none'"
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            f"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
