"""What test_tracker_store asks of the tracker store, in Rasa's environment: ``python tracker_scenarios.py NAME``."""

import asyncio
import os
import sys
import time
from pathlib import Path

import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_server import tracker_store
from bot.rasa_server.tracker_store import KEPT_EVENTS, EncryptedTrackerStore, load_or_create_keys

MARK = "PLANTED-7f3a"
DOMAIN = Domain.from_dict(
    {
        "intents": ["tell"],
        "forms": {"complaint_form": {"required_slots": ["story"]}},
        "slots": {"story": {"type": "text", "mappings": [{"type": "custom"}]}},
    }
)
KEY_FILE = Path(os.environ["MINGBAI_STATE_DIR"]) / "keys" / "tracker.key"


def store() -> EncryptedTrackerStore:
    return EncryptedTrackerStore(DOMAIN, os.environ["MINGBAI_TRACKER_URL"])


def said(sender: str, turns: int = 1) -> DialogueStateTracker:
    events = [ActionExecuted("action_listen"), SlotSet("story", MARK), ActiveLoop("complaint_form")]
    for number in range(turns):
        events += [ActionExecuted("action_listen"), UserUttered(f"{MARK} {number}"), BotUttered(MARK)]
    return DialogueStateTracker.from_events(sender, events, slots=DOMAIN.slots)


async def keep(into: EncryptedTrackerStore, sender: str, turns: int = 1) -> None:
    await into.save(said(sender, turns))


async def found(where: EncryptedTrackerStore, sender: str) -> bool:
    tracker = await where.retrieve(sender)
    return tracker is not None and tracker.get_slot("story") == MARK and tracker.active_loop_name == "complaint_form"


def rows(of: EncryptedTrackerStore) -> dict[str, bytes]:
    with of._engine.connect() as connection:
        query = sa.text("SELECT sender_id, sealed FROM rasa_trackers")
        return {sender: bytes(sealed) for sender, sealed in connection.execute(query)}


def add_key() -> None:
    KEY_FILE.write_text(KEY_FILE.read_text() + "0a0b0c0d " + "QUFB" * 10 + "QUE=\n")


async def kept() -> None:
    first = store()
    await keep(first, "a")
    assert await found(first, "a")
    assert await found(store(), "a")
    assert await first.retrieve("b") is None
    assert list(await first.keys()) == ["a"]
    assert not any(MARK.encode() in sealed for sealed in rows(first).values())


async def trimmed() -> None:
    one = store()
    await keep(one, "a", turns=400)
    tracker = await one.retrieve("a")
    assert len(tracker.events) <= KEPT_EVENTS + 3, len(tracker.events)
    assert await found(one, "a")
    assert tracker.latest_message.text == f"{MARK} 399"


async def expiring() -> None:
    one = store()
    await keep(one, "old")
    with one._engine.begin() as connection:
        connection.execute(sa.text("UPDATE rasa_trackers SET updated_at = 1"))
    assert await one.retrieve("old") is None
    one._swept_at = 0.0
    await keep(one, "new")
    assert set(rows(one)) == {"new"}


async def moved() -> None:
    one = store()
    await keep(one, "a")
    await keep(one, "b")
    with one._engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE rasa_trackers SET sealed = :sealed WHERE sender_id = 'b'"), {"sealed": rows(one)["a"]}
        )
    assert await one.retrieve("b") is None
    assert await found(one, "a")


async def rotated() -> None:
    running = store()
    await keep(running, "old")
    before = rows(running)["old"]
    add_key()
    await keep(running, "new")
    assert rows(running)["new"][1:5] == bytes.fromhex("0a0b0c0d")
    assert await found(running, "old")
    running._swept_at = 0.0
    await keep(running, "new")
    after = rows(running)["old"]
    assert after != before
    assert after[1:5] == bytes.fromhex("0a0b0c0d")
    assert len(load_or_create_keys(KEY_FILE)) == 2
    os.utime(KEY_FILE, (1, 1))
    running._swept_at = 0.0
    await keep(running, "new")
    assert list(load_or_create_keys(KEY_FILE)) == [bytes.fromhex("0a0b0c0d")]
    assert await found(store(), "old")


async def key_of_before() -> None:
    KEY_FILE.parent.mkdir(parents=True)
    KEY_FILE.write_bytes(b"k" * 32)
    one = store()
    sealing = tracker_store.AESGCM(b"k" * 32)
    opened = tracker_store.zlib.compress(one.serialise_tracker(said("a")).encode())
    nonce = b"n" * 12
    row = {"sender_id": "a", "sealed": nonce + sealing.encrypt(nonce, opened, b"a"), "updated_at": int(time.time())}
    with one._engine.begin() as connection:
        connection.execute(tracker_store._TRACKERS.insert().values(**row))
    assert await found(one, "a")


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]]())
