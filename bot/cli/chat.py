"""``./mingbai chat``: the web gateway's chat contract in a terminal."""

import sys
import uuid
from typing import Any

import click
import httpx

from bot.settings import Settings

_WEB_DOWN = "Nothing answers at {url}. Start Mingbai first: ./mingbai up"


def run(settings: Settings, language: str) -> int:
    """Talk until end of input. A number taps the button of that number. Returns the exit status."""
    url = f"http://127.0.0.1:{settings.web_port}"
    with httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False) as client:
        try:
            opened = client.post("/conversations", json={"language": language}).raise_for_status().json()
        except httpx.HTTPError:
            click.echo(_WEB_DOWN.format(url=url), err=True)
            return 1
        headers = {"Authorization": f"Bearer {opened['token']}"}
        address = f"/conversations/{opened['conversation_id']}/messages"
        buttons = _show(opened["messages"])
        for line in iter(_ask, ""):
            said = line.strip()
            chosen = buttons[int(said) - 1] if said.isdecimal() and 0 < int(said) <= len(buttons) else None
            body = {"payload": chosen["payload"]} if chosen else {"text": said}
            answer = client.post(address, json=body | {"client_message_id": uuid.uuid4().hex}, headers=headers)
            if answer.is_success:
                buttons = _show(answer.json()["messages"])
            else:
                click.echo(answer.json().get("detail", answer.reason_phrase), err=True)
    return 0


def _ask() -> str:
    sys.stdout.write("> ")
    sys.stdout.flush()
    return sys.stdin.readline()


def _show(messages: list[dict[str, Any]]) -> list[dict[str, str]]:
    buttons: list[dict[str, str]] = []
    for message in messages:
        click.echo(f"\n{message['text']}")
        buttons += message["buttons"]
    for number, button in enumerate(buttons, 1):
        click.echo(f"  [{number}] {button['title']}")
    return buttons
