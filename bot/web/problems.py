"""Errors as ``application/problem+json`` (RFC 9457), in words a person can use."""

from enum import Enum

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

from bot.content.wording import Wording
from bot.conversations import AssistantUnavailableError, ConversationNotFoundError
from bot.messages import Language
from bot.web.clients import preferred_language

_RETRY_SECONDS = 5


class Problem(BaseModel):
    """What an error's body looks like."""

    type: str
    title: str
    status: int
    detail: str


class Kind(Enum):
    """Every kind of problem: its name, which is part of its type and of its wording keys, and its status."""

    INVALID = ("invalid", 422)
    UNAUTHORIZED = ("unauthorized", 401)
    NOT_FOUND = ("not_found", 404)
    NO_PAGE = ("no_page", 404)
    METHOD = ("method", 405)
    TOO_LARGE = ("too_large", 413)
    TOO_MANY = ("too_many", 429)
    FILE_EMPTY = ("file_empty", 422)
    FILE_TOO_LARGE = ("file_too_large", 413)
    FILE_TYPE = ("file_type", 415)
    FILE_HEIC = ("file_heic", 415)
    FILE_UNREADABLE = ("file_unreadable", 422)
    FILE_TOO_MANY_PIXELS = ("file_too_many_pixels", 422)
    FILE_TOO_MANY_PAGES = ("file_too_many_pages", 422)
    FILE_LOCKED = ("file_locked", 422)
    FILE_TOO_MANY_FILES = ("file_too_many_files", 422)
    FILE_TOO_OFTEN = ("file_too_often", 429)
    INTERNAL = ("internal", 500)
    UNAVAILABLE = ("unavailable", 503)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[1]


OF_FILE = {kind.value[0].removeprefix("file_"): kind for kind in Kind if kind.value[0].startswith("file_")}
"""By the reason of ``bot.uploads.NotKeptError``."""

_OF_STATUS = {
    404: Kind.NO_PAGE,
    405: Kind.METHOD,
    413: Kind.TOO_LARGE,
}


class Refused(HTTPException):
    """A request that ends in a problem."""

    def __init__(self, kind: Kind, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(kind.status, headers=named)
        self.kind = kind


class Problems:
    """Turns every failure into a problem."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def answer(self, request: Request, kind: Kind, headers: dict[str, str] | None = None) -> Response:
        """A problem in the language of the conversation, or else of the browser."""
        language = getattr(request.state, "language", None)
        if language is None:
            language = preferred_language(request.headers.get("accept-language", "")) or Language.ZH
        name, status = kind.value
        body = Problem(
            type=f"urn:mingbai:problem:{name}",
            title=self._wording.say(f"gateway_problem_{name}_title", language),
            status=status,
            detail=self._wording.say(f"gateway_problem_{name}", language),
        )
        return JSONResponse(
            body.model_dump(),
            status,
            headers={"Content-Language": language, **(headers or {})},
            media_type="application/problem+json",
        )

    async def of_http(self, request: Request, error: Exception) -> Response:
        """Starlette's own errors, and ours."""
        if isinstance(error, Refused):
            return self.answer(request, error.kind, dict(error.headers or {}))
        status = error.status_code if isinstance(error, StarletteHTTPException) else 500
        kind = _OF_STATUS.get(status, Kind.INVALID if status < 500 else Kind.INTERNAL)  # noqa: PLR2004
        headers = dict(error.headers or {}) if isinstance(error, StarletteHTTPException) else {}
        return self.answer(request, kind, headers)

    async def of_validation(self, request: Request, error: Exception) -> Response:
        """A body or parameter that does not fit. What was sent is not repeated."""
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
        return self.answer(request, Kind.INVALID)

    async def of_conversation(self, request: Request, error: Exception) -> Response:
        """What the conversations raise."""
        if isinstance(error, AssistantUnavailableError):
            return self.answer(request, Kind.UNAVAILABLE, {"Retry-After": str(_RETRY_SECONDS)})
        assert isinstance(error, ConversationNotFoundError)  # noqa: S101 - registered for nothing else
        return self.answer(request, Kind.NOT_FOUND)
