"""A process that files complaints one after the other and shows each receipt: to be killed in the middle of it.

    python tests/storage/filing.py DATABASE_URL KEYS_DIR

Files two drafts, then reads lines ``draft filings``: a child files from that draft on and is killed (SIGKILL) after the
time of so many filings, a fraction as a rule. Prints a line ``draft receipt`` as soon as a receipt would be shown, and
``gone`` when the child is dead.
"""

import itertools
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from bot.complaints import ComplaintDraft, Complaints, Kind
from bot.messages import Channel, Language
from bot.services import now
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.keys import KeyRing
from bot.storage.receipts import Argon2ReceiptHasher
from tests.shipped_desk import PROMISES

_LONGEST_LIFE = 0.25
"""On a busy machine too."""


def draft(number: int) -> ComplaintDraft:
    """The resident's draft of this number: the same each time it is filed."""
    return ComplaintDraft(
        draft_id=f"draft {number}", kind=Kind.COLLECTION, story=f"第{number}回了，还在打", against="某某小贷", when="",
        amount="", wish="", language=Language.ZH, channel=Channel.WEB, sender="resident", consent=True,
    )  # fmt: skip


def desk(engine: Engine, keys: KeyRing) -> Complaints:
    """The desk as each process has it; receipts are hashed at a cost for tests."""
    store = SqlComplaintStore(session_factory(engine), reader_factory(engine))
    return Complaints(store, Argon2ReceiptHasher(keys, memory_kib=8, rounds=1), now, PROMISES)


def file_from(complaints: Complaints, numbers: Iterable[int]) -> None:
    """File these drafts, showing each receipt."""
    for number in numbers:
        receipt = complaints.file(draft(number)).receipt
        os.write(1, f"{number} {receipt}\n".encode())


def main(url: str, keys_dir: str) -> None:
    """Have lives and end them."""
    keys = KeyRing.load_or_create(Path(keys_dir))
    engine = make_engine(url, keys)
    complaints = desk(engine, keys)
    # Whatever is done once is done before the first life begins, so that lives are short and full of filing.
    file_from(complaints, [0])
    begun = time.perf_counter()
    file_from(complaints, [1])
    a_filing = time.perf_counter() - begun
    for line in sys.stdin:
        # A life has connections of its own.
        engine.dispose()
        first, filings = line.split()
        child = os.fork()
        if not child:
            file_from(complaints, itertools.count(int(first)))
        signal.signal(signal.SIGALRM, lambda *_, child=child: os.kill(child, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, min(float(filings) * a_filing, _LONGEST_LIFE))
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        os.write(1, b"gone\n" if killed else b"broke\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
