"""A Rasa that answers from a short list: its REST channel and tracker API, faults on demand.

Runnable on its own (``python tests/fakes/rasa.py --port 5005``, token ``TEST-TOKEN``), so that a gateway can be tried
without a trained model. ``POST /control/fault`` orders ``down``, ``silent``, ``garbled`` or none.
"""

import argparse
import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "TEST-TOKEN"
MENU = {
    "zh": [("算一笔借款", "/ask_loan_cost"), ("学一课", "/learn"), ("第一课", '/lesson_open{"lesson_id": "1"}')],
    "en": [("Check a loan", "/ask_loan_cost"), ("Learn", "/learn"), ("First", '/lesson_open{"lesson_id": "1"}')],
}
GREETING = {"zh": "您好，我是测试。", "en": "Hello, I am a test."}
CARD = {"type": "receipt", "title": "Receipt", "receipt": "1234 5678 9012 3456", "notes": ["Keep it."]}


@dataclass
class FakeRasa:
    """The whole state of the pretended server."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    """(sender, text), in the order taken."""
    channels: dict[str, str] = field(default_factory=dict)
    """The channel each sender spoke through last; Rasa itself says "rest" when it is told none."""
    languages: dict[str, str] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    fault: str = ""
    hold: asyncio.Event | None = None
    """While set, answers wait for it."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    talking: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_at_once: int = 0

    def answer(self, sender: str, text: str) -> list[dict[str, Any]]:
        """What the assistant says."""
        language = self.languages.get(sender, "zh")
        buttons = [{"title": title, "payload": payload} for title, payload in MENU[language]]
        if text == "/start":
            return [{"recipient_id": sender, "text": GREETING[language], "buttons": buttons}]
        if text == "card":
            return [{"text": "Your receipt"}, {"custom": {"card": CARD}}, {"text": "Anything else?"}]
        if text == "bad card":
            return [{"text": "Your receipt"}, {"custom": {"card": {"type": "nonsense"}}}]
        return [{"recipient_id": sender, "text": f"[{language}] {text}"}]

    async def webhook(self, request: Request) -> Response:
        """The REST channel."""
        body = await request.json()
        sender, text = body["sender"], body["message"]
        self.heard.append((sender, text))
        self.channels[sender] = body.get("input_channel", "rest")
        self.talking[sender] += 1
        self.most_at_once = max(self.most_at_once, self.talking[sender])
        self.arrived.set()
        try:
            if self.hold is not None:
                await self.hold.wait()
            if self.fault == "down":
                return JSONResponse({"status": "failure"}, status_code=500)
            if self.fault == "garbled":
                return Response("<html>", media_type="text/html")
            return JSONResponse([] if self.fault == "silent" else self.answer(sender, text))
        finally:
            self.talking[sender] -= 1

    async def events(self, request: Request) -> Response:
        """The tracker API."""
        if request.query_params.get("token") != TOKEN:
            return JSONResponse({"reason": "NotAuthenticated"}, status_code=401)
        if self.fault == "down":
            return JSONResponse({"status": "failure"}, status_code=500)
        sender = request.path_params["sender"]
        event = await request.json()
        if event["event"] == "slot":
            self.languages[sender] = event["value"]
        elif event["event"] == "restart":
            self.forgotten.append(sender)
        return JSONResponse({"sender_id": sender})

    async def status(self, request: Request) -> Response:
        """Whether a model is loaded."""
        if self.fault == "down":
            return JSONResponse({"status": "failure"}, status_code=500)
        if request.query_params.get("token") != TOKEN:
            return JSONResponse({"reason": "NotAuthenticated"}, status_code=401)
        return JSONResponse({"model_file": "fake.tar.gz", "num_active_training_jobs": 0})

    async def order_fault(self, request: Request) -> Response:
        """What shall go wrong from now on."""
        self.fault = (await request.json())["fault"]
        return JSONResponse({"fault": self.fault})

    def app(self) -> Starlette:
        """The server."""
        return Starlette(
            routes=[
                Route("/webhooks/rest/webhook", self.webhook, methods=["POST"]),
                Route("/conversations/{sender}/tracker/events", self.events, methods=["POST"]),
                Route("/status", self.status),
                Route("/control/fault", self.order_fault, methods=["POST"]),
            ]
        )


class Cable(httpx.ASGITransport):
    """A connection to the fake that can be pulled out."""

    def __init__(self, rasa: FakeRasa) -> None:
        super().__init__(rasa.app())
        self.is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("pulled out", request=request)
        return await super().handle_async_request(request)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    uvicorn.run(FakeRasa().app(), port=parser.parse_args().port, access_log=False)
