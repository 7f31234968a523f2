"""Turns a second and how long a turn takes: through the web gateway, and beside it straight at Rasa.

    ./mingbai up                     # in another terminal
    .venv/bin/python -m bench.turns

Both paths end at the same Rasa process and the same model, and say the same sentences; what the gateway adds is the
difference. A turn is one sentence and its whole answer.
"""

import argparse
import asyncio
import itertools
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator

import httpx

from bot.settings import Settings

SENTENCES = ("借一万，月息2分，分12期还", "你好", "主菜单", "borrow 10,000 at 2% a month over 12 months", "谢谢")
TURNS_EACH = 15
"""Of one conversation: the gateway lets one say 20 things at once, then one every two seconds."""

Say = Callable[[str], Awaitable[None]]
Open = Callable[[httpx.AsyncClient], Awaitable[Say]]


async def through_gateway(http: httpx.AsyncClient) -> Say:
    """A conversation as the widget holds it."""
    opened = (await http.post("/api/v1/conversations", json={"language": "zh"})).raise_for_status().json()
    headers = {"Authorization": f"Bearer {opened['token']}"}

    async def say(text: str) -> None:
        body = {"text": text, "client_message_id": uuid.uuid4().hex}
        path = f"/api/v1/conversations/{opened['conversation_id']}/messages"
        (await http.post(path, json=body, headers=headers)).raise_for_status()

    return say


async def straight_at_rasa(http: httpx.AsyncClient) -> Say:
    """The same without us."""
    sender = uuid.uuid4().hex

    async def say(text: str) -> None:
        (await http.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})).raise_for_status()

    await say("/start")
    return say


async def converse(http: httpx.AsyncClient, open_one: Open, sentences: Iterator[str], turns: int) -> list[float]:
    """One person's turns, one after the other; how long each took."""
    took: list[float] = []
    say = await open_one(http)
    for number in range(turns):
        if number and number % TURNS_EACH == 0:
            say = await open_one(http)
        begun = time.perf_counter()
        await say(next(sentences))
        took.append(time.perf_counter() - begun)
    return took


async def measure(name: str, url: str, open_one: Open, at_once: int, turns: int) -> None:
    """Several persons at once; prints one line."""
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        begun = time.perf_counter()
        persons = (converse(http, open_one, itertools.cycle(SENTENCES), turns) for _ in range(at_once))
        took = sorted(itertools.chain.from_iterable(await asyncio.gather(*persons)))
        passed = time.perf_counter() - begun
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(
        f"{name:<10} {at_once:>2} at once {len(took):>5} turns "
        f"{len(took) / passed:>7.1f} turns/s   p50 {p50 * 1000:>6.0f} ms   p95 {p95 * 1000:>6.0f} ms"
    )


async def main() -> None:
    """Warm up, then each path at each number of persons."""
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", default=f"http://127.0.0.1:{settings.web_port}")
    parser.add_argument("--rasa", default=settings.rasa_url)
    parser.add_argument("--turns", type=int, default=30, help="of each person (30)")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 8], help="persons at once (1 8)")
    options = parser.parse_args()
    paths = (("gateway", options.gateway, through_gateway), ("rasa run", options.rasa, straight_at_rasa))
    for name, url, open_one in paths:
        await measure(f"({name})", url, open_one, 1, 5)
    for at_once in options.at_once:
        for name, url, open_one in paths:
            await measure(name, url, open_one, at_once, options.turns)


if __name__ == "__main__":
    asyncio.run(main())
