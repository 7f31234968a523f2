"""The only way to Rasa: REST channel and tracker API, with time-outs, and retries where nothing can happen twice."""

from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from pydantic import ValidationError

from bot.conversations import AssistantUnavailableError
from bot.messages import Button, Channel, Language, Reply, read_card

_TURN_SECONDS = 30.0
_QUICK_SECONDS = 5.0
_CONNECT_SECONDS = 2.0
_CONNECT_RETRIES = 2
_IDLE_SECONDS = 2.0
"""Rasa closes idle connections after five seconds; ours must never be the one it is just closing."""

log = structlog.get_logger(__name__)


class RasaClient:
    """One Rasa server. Implements ``bot.conversations.ports.Assistant``."""

    def __init__(self, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=_IDLE_SECONDS)
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(_TURN_SECONDS, connect=_CONNECT_SECONDS),
            # Only a connection that was never made is tried again: anything later may have been acted on.
            transport=transport or httpx.AsyncHTTPTransport(retries=_CONNECT_RETRIES, limits=limits),
            # Never through a proxy: what people say stays on this machine or its private network.
            trust_env=False,
        )
        self._token = token

    async def send(self, sender: str, text: str, channel: Channel) -> list[Reply]:
        """Say something and hear the answer."""
        # Without it Rasa would call every channel "rest", and the desk's answer would not find its way back.
        body = {"sender": sender, "message": text, "input_channel": channel}
        answer = await self._post("/webhooks/rest/webhook", body)
        try:
            return read_replies(answer.json())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("rasa_unreadable", error=type(error).__name__)
            # Not chained: a parser's error quotes what it could not read.
            raise AssistantUnavailableError("unreadable answer") from None

    async def set_language(self, sender: str, language: Language) -> None:
        """Set the slot that chooses each response's variant."""
        await self._event(sender, {"event": "slot", "name": "language", "value": language})

    async def forget(self, sender: str) -> None:
        """Restart the conversation: nothing before a restart is used or kept by our tracker store."""
        await self._event(sender, {"event": "restart"})

    async def ready(self) -> bool:
        """Whether a model is loaded."""
        for _ in range(2):
            try:
                answer = await self._client.get("/status", params={"token": self._token}, timeout=_QUICK_SECONDS)
            except httpx.HTTPError:
                continue
            return answer.is_success
        return False

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _event(self, sender: str, event: Mapping[str, str]) -> None:
        await self._post(
            f"/conversations/{sender}/tracker/events",
            event,
            # Without include_events the answer would be the whole conversation.
            params={"token": self._token, "include_events": "NONE"},
            timeout=_QUICK_SECONDS,
        )

    async def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        params: Mapping[str, str] | None = None,
        timeout: float = _TURN_SECONDS,  # noqa: ASYNC109 - httpx's, per phase
    ) -> httpx.Response:
        try:
            answer = await self._client.post(path, json=body, params=params, timeout=timeout)
        except httpx.HTTPError as error:
            log.warning("rasa_unreachable", error=type(error).__name__)
            # Not chained: the request in it carries the token in its address.
            raise AssistantUnavailableError(type(error).__name__) from None
        if not answer.is_success:
            log.warning("rasa_refused", status=answer.status_code)
            raise AssistantUnavailableError(f"status {answer.status_code}")
        return answer


def read_replies(answer: list[Mapping[str, Any]]) -> list[Reply]:
    """Rasa's messages as replies: a card comes as a message of its own and joins the text before it."""
    replies: list[Reply] = []
    for part in answer:
        if part.get("text"):
            buttons = [Button(title=button["title"], payload=button["payload"]) for button in part.get("buttons") or ()]
            replies.append(Reply(text=part["text"], buttons=buttons))
        card = (part.get("custom") or {}).get("card")
        if card is None or not replies:
            continue
        try:
            replies[-1] = replies[-1].model_copy(update={"card": read_card(card)})
        except ValidationError:
            # The text says everything: better no card than no answer.
            log.warning("card_invalid", type=str(card.get("type") if isinstance(card, dict) else None)[:30])
    return replies
