"""Files that somebody sent and that belong to no case yet, in words. The files themselves never come through Rasa."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from rasa_sdk import Tracker

from actions._support import services, word
from bot.complaints import EvidenceItem
from bot.evidence import FileKind
from bot.messages import Figure, Language


async def waiting(tracker: Tracker) -> tuple[EvidenceItem, ...]:
    """What goes with the next complaint this person files."""
    return await asyncio.to_thread(services().evidence.unclaimed, tracker.sender_id)


async def drop_waiting(tracker: Tracker) -> int:
    """Delete it; how many files it was."""
    return await asyncio.to_thread(services().evidence.drop, tracker.sender_id)


def counted(items: Iterable[EvidenceItem], tongue: Language) -> str:
    """For example "2张图片，1份PDF文件"."""
    counts = Counter(item.kind for item in items)
    parts = [
        word(f"evidence_count_{kind}_{'one' if counts[kind] == 1 else 'many'}", tongue, count=counts[kind])
        for kind in FileKind
        if counts[kind]
    ]
    return ("，" if tongue is Language.ZH else ", ").join(parts)


async def summary_rows(tracker: Tracker, tongue: Language) -> list[Figure]:
    """The row of a complaint's summary that tells which files go along; no row when there are none."""
    items = await waiting(tracker)
    return [Figure(label=word("evidence_label", tongue), value=counted(items, tongue))] if items else []
