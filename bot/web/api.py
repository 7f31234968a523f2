"""The chat contract."""
# ruff: noqa: FAST003 - a dependency takes the conversation_id of every path

import re
from contextlib import suppress
from typing import Annotated, Any, Self
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response, StreamingResponse

from bot.conversations import AssistantUnavailableError, Conversation, Conversations
from bot.evidence import FileKind
from bot.messages import Channel, Inbound, Language, Message, SentFiles, TappedButton, TypedText
from bot.uploads import NotKeptError, Uploads
from bot.web.clients import client_key, preferred_language
from bot.web.events import events
from bot.web.limits import Buckets
from bot.web.problems import OF_FILE, Kind, Problem, Refused
from bot.web.settings import WebSettings

_ID = r"^[A-Za-z0-9_-]{1,40}$"
_BEARER = "bearer "
_LONGEST_NAME = 1000

Body = ConfigDict(extra="forbid")
MessageId = Annotated[str | None, Query(pattern=_ID)]


class OpenRequest(BaseModel):
    """How to open a conversation."""

    model_config = Body

    language: Language | None = None
    """Of the person's device; empty to let the browser's preference and what they type decide."""


class OpenAnswer(BaseModel):
    """A new conversation. The token is shown once and opens it again."""

    conversation_id: str
    token: str
    language: Language
    messages: list[Message]


class SayRequest(BaseModel):
    """Something typed, or a button tapped. ``client_message_id`` is made up by the client, once for each message."""

    model_config = Body

    client_message_id: str = Field(pattern=r"^[\x21-\x7e]{1,64}$")
    text: str | None = None
    payload: str | None = Field(None, max_length=2000)
    files: bool = False
    """Files were sent before (``POST …/files?more=true``): ask what becomes of them."""

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        if [self.text is not None, self.payload is not None, self.files].count(True) != 1:
            raise ValueError("give text, payload or files, one of the three")
        if self.payload is not None:
            # JSON can spell half a letter, which no encoding can.
            self.payload.encode()
        return self

    def inbound(self) -> Inbound:
        """As the conversations take it."""
        if self.files:
            return SentFiles()
        return TypedText(self.text) if self.text is not None else TappedButton(self.payload or "")


class Messages(BaseModel):
    """Messages, oldest first."""

    messages: list[Message]


class FileAnswer(BaseModel):
    """A file that was kept, and what the assistant says to it (nothing when more files follow, or it is away)."""

    id: str
    kind: FileKind
    name: str
    pages: int
    messages: list[Message]


class Api:
    """The routes over the conversations, with their limits."""

    def __init__(self, conversations: Conversations, uploads: Uploads, settings: WebSettings) -> None:
        self._conversations = conversations
        self._uploads = uploads
        self._settings = settings
        self._openings = Buckets(settings.openings)
        self._requests = Buckets(settings.requests)
        self._turns = Buckets(settings.turns)
        self._files = Buckets(settings.files)

    def router(self) -> APIRouter:
        """Everything below ``/api/v1``."""
        known = Annotated[Conversation, Depends(self._authenticated)]
        conversations = self._conversations
        refusals: dict[int | str, dict[str, Any]] = {
            status: {"model": Problem, "description": name}
            # Of several kinds with one status, the first and most general gives the name.
            for name, status in ((kind.name.lower(), kind.status) for kind in reversed(Kind))
            if status not in {405, 500}
        }
        router = APIRouter(
            prefix="/api/v1/conversations",
            tags=["conversations"],
            dependencies=[Depends(self._within_limits)],
            responses={status: refusals[status] for status in (413, 422, 429)},
        )
        with_token: dict[int | str, dict[str, Any]] = {status: refusals[status] for status in (401, 404)}

        @router.post("", status_code=201)
        async def open_conversation(
            request: Request, body: OpenRequest, accept_language: Annotated[str, Header()] = ""
        ) -> OpenAnswer:
            """Open a conversation; greets."""
            self._take(self._openings, self._client(request))
            language = body.language or preferred_language(accept_language)
            opened = await conversations.open(Channel.WEB, language)
            return OpenAnswer(
                conversation_id=opened.conversation_id,
                token=opened.token,
                language=opened.language,
                messages=opened.messages,
            )

        @router.post("/{conversation_id}/messages", responses={**with_token, 503: refusals[503]})
        async def say(conversation: known, body: SayRequest) -> Messages:
            """Say something. The same ``client_message_id`` again: the same answer, and nothing done twice."""
            self._take(self._turns, conversation.id)
            answer = await conversations.say(conversation.id, body.inbound(), body.client_message_id)
            return Messages(messages=answer)

        @router.post(
            "/{conversation_id}/files",
            status_code=201,
            responses={**with_token, 415: refusals[415]},
            openapi_extra={"requestBody": {"required": True, "content": {"*/*": {}}}},
        )
        async def send_file(
            request: Request, conversation: known, x_file_name: Annotated[str, Header()] = "", *, more: bool = False
        ) -> FileAnswer:
            """Send one file as the body; ``X-File-Name`` is its name, percent-encoded.

            It is taken by what it is, not by its name or ``Content-Type``. The same file again is the same file.
            """
            self._take(self._files, self._client(request))
            # Read here, in memory: a form with parts would be written to disk on its way, in the clear.
            content = b"".join([chunk async for chunk in request.stream()])
            try:
                kept = await self._uploads.keep(conversation.id, content, unquote(x_file_name[:_LONGEST_NAME]))
            except NotKeptError as error:
                wait = {"Retry_After": str(error.retry_seconds)} if error.retry_seconds else {}
                raise Refused(OF_FILE[error.reason], **wait) from None
            messages: list[Message] = []
            if not more:
                # The file is kept, and waits to be asked about, should the assistant be away.
                with suppress(AssistantUnavailableError):
                    messages = await conversations.say(conversation.id, SentFiles(), f"file-{kept.id}")
            return FileAnswer(id=kept.id, kind=kept.kind, name=kept.name, pages=kept.pages, messages=messages)

        @router.get("/{conversation_id}/messages", responses=with_token)
        async def history(conversation: known, after: MessageId = None) -> Messages:
            """Both sides' messages: those after one of them, or the latest."""
            return Messages(messages=await conversations.history(conversation.id, after))

        @router.get(
            "/{conversation_id}/events",
            responses={**with_token, 200: {"content": {"text/event-stream": {}}}},
            response_class=StreamingResponse,
        )
        async def listen(
            conversation: known,
            after: MessageId = None,
            last_event_id: Annotated[str | None, Header(pattern=_ID)] = None,
        ) -> StreamingResponse:
            """Server-sent events: ``typing``, ``message`` for what is pushed, ``gone``."""
            if conversations.listeners(conversation.id) >= self._settings.listeners:
                raise Refused(Kind.TOO_MANY, Retry_After="10")
            stream = events(conversations, conversation.id, last_event_id or after)
            return StreamingResponse(
                # A proxy that buffered would hold back everything.
                stream,
                media_type="text/event-stream",
                headers={"X-Accel-Buffering": "no"},
            )

        @router.delete("/{conversation_id}", status_code=204, responses=with_token)
        async def forget(conversation: known) -> Response:
            """Forget the conversation everywhere. Complaints that were sent stay; their receipts open them."""
            await conversations.forget(conversation.id)
            return Response(status_code=204)

        return router

    async def _within_limits(self, request: Request) -> None:
        self._take(self._requests, self._client(request))

    async def _authenticated(
        self, request: Request, conversation_id: str, authorization: Annotated[str, Header()] = ""
    ) -> Conversation:
        """The conversation that the token opens. Somebody else's and one that never was are the same 404."""
        if not authorization.lower().startswith(_BEARER):
            raise Refused(Kind.UNAUTHORIZED, WWW_Authenticate="Bearer")
        if re.fullmatch(_ID, conversation_id) is None:
            raise Refused(Kind.NOT_FOUND)
        token = authorization[len(_BEARER) :].strip()
        conversation = await self._conversations.authenticate(conversation_id, token)
        if conversation is None:
            raise Refused(Kind.NOT_FOUND)
        request.state.language = conversation.language
        return conversation

    def _client(self, request: Request) -> str:
        peer = request.client.host if request.client else None
        # Several header lines are one list.
        claims = ",".join(request.headers.getlist("x-forwarded-for"))
        return client_key(peer, claims, self._settings.trusted_proxies)

    @staticmethod
    def _take(buckets: Buckets, key: str) -> None:
        wait = buckets.take(key)
        if wait:
            raise Refused(Kind.TOO_MANY, Retry_After=str(wait))
