"""A Bot API server that plays Telegram: the methods we use, the documented limits enforced, faults on demand.

Runnable on its own (``python tests/fakes/bot_api.py --port 8081``, token ``TEST:TOKEN``), so that a person can try the
gateway without Telegram. ``/control/...`` plays the person: it sends, taps, looks at what was shown, orders faults.
"""

import argparse
import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "TEST:TOKEN"
MAX_FILE = 20 * 1024 * 1024
MAX_TEXT, MAX_CAPTION, MAX_CALLBACK_DATA, MAX_CALLBACK_ANSWER = 4096, 1024, 64, 200
_LOOK = 0.02
OVERALL_PER_SECOND, GROUP_PER_MINUTE, CHAT_BURST = 30, 20, 3


class Refusal(Exception):  # noqa: N818 - Telegram refuses; it is no error of ours
    """Telegram's own way of saying no."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Telegram:
    """The whole state of the pretended service."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    unanswered_taps: set[str] = field(default_factory=set)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    webhook: dict[str, str] = field(default_factory=dict)
    faults: deque[tuple[str, int, int]] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    """What people sent, by file id."""
    refused_for_pace: int = 0
    clock: Callable[[], float] = time.monotonic
    """Seconds in which the limits are counted."""
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _sent: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _all_sent: deque[float] = field(default_factory=deque)

    # --- what the person does ---

    def update(self, content: dict[str, Any]) -> int:
        number = next(self._ids)
        self.updates.append({"update_id": number, **content})
        return number

    def person(self, user: int, language: str = "zh-hans") -> dict[str, Any]:
        return {"id": user, "is_bot": False, "first_name": "Person", "language_code": language}

    def chat(self, chat: int) -> dict[str, Any]:
        return {"id": chat, "type": "private"} if chat > 0 else {"id": chat, "type": "supergroup", "title": "Village"}

    def says(self, chat: int, content: dict[str, Any], user: int | None = None, language: str = "zh-hans") -> int:
        message = {
            "message_id": next(self._ids), "date": int(time.time()), "chat": self.chat(chat),
            "from": self.person(user or abs(chat), language), **content,
        }  # fmt: skip
        text = content.get("text", "")
        if text.startswith("/"):
            command = text.split()[0]
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        return self.update({"message": message})

    def sends_photo(self, chat: int, content: bytes, **more: Any) -> int:
        """A picture in several sizes, as Telegram makes them; only the largest is what was sent."""
        large, small = f"photo{next(self._ids)}", f"thumb{next(self._ids)}"
        self.files |= {large: content, small: content[:20]}
        sizes = [
            {"file_id": small, "file_unique_id": small, "width": 90, "height": 60, "file_size": 20},
            {"file_id": large, "file_unique_id": large, "width": 1280, "height": 960, "file_size": len(content)},
        ]
        return self.says(chat, {"photo": sizes, **more})

    def sends_document(self, chat: int, content: bytes, name: str, **more: Any) -> int:
        document = f"document{next(self._ids)}"
        self.files[document] = content
        described = {"file_id": document, "file_unique_id": document, "file_name": name, "file_size": len(content)}
        return self.says(chat, {"document": described, **more})

    def taps(self, message_id: int, data: str, language: str = "zh-hans") -> int:
        message = next(sent for sent in self.messages if sent["message_id"] == message_id)
        tap = str(next(self._ids))
        self.unanswered_taps.add(tap)
        query = {
            "id": tap, "from": self.person(abs(message["chat"]["id"]), language), "chat_instance": "1",
            "message": message, "data": data,
        }  # fmt: skip
        return self.update({"callback_query": query})

    # --- limits ---

    def keep_pace(self, chat: int) -> None:
        now = self.clock()
        self._limit(self._all_sent, now, 1.0, OVERALL_PER_SECOND)
        window, most = (60.0, GROUP_PER_MINUTE) if chat < 0 else (1.0, CHAT_BURST)
        self._limit(self._sent[chat], now, window, most)
        self._all_sent.append(now)
        self._sent[chat].append(now)

    def _limit(self, sent: deque[float], now: float, window: float, most: int) -> None:
        while sent and sent[0] <= now - window:
            sent.popleft()
        if len(sent) >= most:
            self.refused_for_pace += 1
            wait = max(1, int(sent[0] + window - now) + 1)
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    # --- methods of the Bot API ---

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        self.calls.append((method, given))
        if self.faults and self.faults[0][0] in {method, "*"}:
            _, code, retry_after = self.faults.popleft()
            extra = {"retry_after": retry_after} if retry_after else {}
            raise Refusal(code, "Injected fault", **extra)
        handler = getattr(self, f"do_{method}", None)
        if handler is None:
            raise Refusal(404, f"Not Found: method {method}")
        return await handler(given)

    async def do_getMe(self, _given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        return {"id": 1, "is_bot": True, "first_name": "Mingbai", "username": "mingbai_bot"}

    async def do_getUpdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(given.get("offset", 0))
        deadline = time.monotonic() + float(given.get("timeout", 0))
        while True:
            waiting = [update for update in self.updates if update["update_id"] >= offset]
            if waiting or time.monotonic() >= deadline:
                return waiting[: int(given.get("limit", 100))]
            await asyncio.sleep(_LOOK)  # people may be played from another thread, so no event of this loop

    async def do_setWebhook(self, given: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = {"url": given["url"], "secret_token": given.get("secret_token", "")}
        return True

    async def do_deleteWebhook(self, _given: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = {}
        return True

    async def do_setMyCommands(self, given: dict[str, Any]) -> bool:  # noqa: N802
        commands = _parsed(given["commands"])
        if any(not 1 <= len(command["command"]) <= 32 for command in commands) or len(commands) > 100:
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[given.get("language_code", "")] = commands
        return True

    async def do_getFile(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        content = self.files.get(given["file_id"])
        if content is None:
            raise Refusal(400, "Bad Request: invalid file_id")
        if len(content) > MAX_FILE:
            raise Refusal(400, "Bad Request: file is too big")
        named = {"file_id": given["file_id"], "file_unique_id": given["file_id"], "file_size": len(content)}
        return named | {"file_path": f"files/{given['file_id']}"}

    async def do_sendChatAction(self, _given: dict[str, Any]) -> bool:  # noqa: N802
        return True

    async def do_sendMessage(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        text = given.get("text", "")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text) > MAX_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        return self._send(given, {"text": text})

    async def do_sendPhoto(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if len(given.get("caption", "")) > MAX_CAPTION:
            raise Refusal(400, "Bad Request: message caption is too long")
        if not given.get("photo"):
            raise Refusal(400, "Bad Request: there is no photo in the request")
        photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
        return self._send(given, {"photo": photo, "caption": given.get("caption", "")})

    async def do_editMessageReplyMarkup(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        message = next((m for m in self.messages if m["message_id"] == int(given["message_id"])), None)
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        markup = _parsed(given.get("reply_markup"))
        if markup == message.get("reply_markup"):
            raise Refusal(400, "Bad Request: message is not modified")
        message["reply_markup"] = markup or {"inline_keyboard": []}
        return message

    async def do_answerCallbackQuery(self, given: dict[str, Any]) -> bool:  # noqa: N802
        if len(given.get("text", "")) > MAX_CALLBACK_ANSWER:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        if given["callback_query_id"] not in self.unanswered_taps:
            raise Refusal(400, "Bad Request: query is too old or query ID is invalid")
        self.unanswered_taps.discard(given["callback_query_id"])
        return True

    def _send(self, given: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        chat = int(given["chat_id"])
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        markup = _parsed(given.get("reply_markup"))
        for row in (markup or {}).get("inline_keyboard", []):
            for button in row:
                if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= MAX_CALLBACK_DATA:
                    raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        self.keep_pace(chat)
        message = {"message_id": next(self._ids), "date": int(time.time()), "chat": self.chat(chat), **content}
        if markup:
            message["reply_markup"] = markup
        self.messages.append(message)
        return message

    # --- files, outside of the methods ---

    async def download(self, request: Request) -> Response:
        content = self.files.get(request.path_params["file"])
        if request.path_params["token"] != TOKEN or content is None:
            return _refused(Refusal(404, "Not Found"))
        return Response(content, media_type="application/octet-stream")

    async def photo(self, request: Request) -> Response:
        """The body is a picture that somebody sends."""
        return JSONResponse({"update_id": self.sends_photo(int(request.query_params["chat"]), await request.body())})


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def create_app(telegram: Telegram) -> Starlette:
    """The Bot API at ``/bot<token>/<method>`` and the control panel of the person at ``/control/...``."""

    async def api(request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return _refused(Refusal(401, "Unauthorized"))
        given = await _given(request)
        try:
            result = await telegram.call(request.path_params["method"], given)
        except Refusal as refusal:
            return _refused(refusal)
        return JSONResponse({"ok": True, "result": result})

    async def control(request: Request) -> Response:
        given = await request.json() if request.method == "POST" else {}
        match request.path_params["what"]:
            case "say":
                number = telegram.says(
                    given["chat"], given["content"], given.get("user"), given.get("language", "zh-hans")
                )
            case "tap":
                number = telegram.taps(given["message_id"], given["data"], given.get("language", "zh-hans"))
            case "fault":
                telegram.faults.append((given["method"], given["code"], given.get("retry_after", 0)))
                number = len(telegram.faults)
            case _:
                shown = {"messages": telegram.messages, "unanswered_taps": sorted(telegram.unanswered_taps)}
                return JSONResponse(
                    shown | {"refused_for_pace": telegram.refused_for_pace, "commands": telegram.commands}
                )
        return JSONResponse({"update_id": number})

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", api, methods=["GET", "POST"]),
            Route("/file/bot{token}/files/{file}", telegram.download),
            Route("/control/photo", telegram.photo, methods=["POST"]),
            Route("/control/{what}", control, methods=["GET", "POST"]),
        ]
    )


async def _given(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return dict(await request.json())
    async with request.form() as form:
        fields = {key: value if isinstance(value, str) else await value.read() for key, value in form.items()}
    return fields | dict(request.query_params)


def _refused(refusal: Refusal) -> Response:
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return JSONResponse(body | ({"parameters": refusal.parameters} if refusal.parameters else {}), refusal.code)


def main() -> None:
    """Serve on loopback until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    uvicorn.run(create_app(Telegram()), host="127.0.0.1", port=parser.parse_args().port, log_level="warning")


if __name__ == "__main__":
    main()
