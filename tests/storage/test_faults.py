"""Faults by the hundred while complaints are filed: every receipt that was shown opens its case, each draft has one.

Run with ``-s`` to read the counts.
"""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.complaints import Action, Complaints
from bot.settings import ROOT
from bot.storage import audit
from bot.storage.complaint_tables import CaseRow, EventRow, ReceiptRow
from bot.storage.engine import make_engine, session_factory
from bot.storage.keys import KeyRing
from tests.storage.filing import desk, draft

KILLS = 100
CUTS = 150
RESTARTS = 3


def tell(counts: str) -> None:
    print(f"\n{counts}")  # noqa: T201 - a test of faults by the hundred says how many


def check(engine: Engine, complaints: Complaints, shown: list[tuple[int, str]]) -> dict[str, int]:
    """Nothing shown is lost and nothing is there twice or by half; counts for people to read."""
    with session_factory(engine)() as session:
        cases = session.scalar(select(func.count()).select_from(CaseRow))
        receipts = session.scalar(select(func.count()).select_from(ReceiptRow))
        again = session.scalar(
            select(func.count()).select_from(EventRow).where(EventRow.action == Action.RECEIPT_REISSUED)
        )
        events = session.scalar(select(func.count()).select_from(EventRow))
        chain = audit.verify(session)
    lost = [number for number, receipt in shown if complaints.follow(receipt, "resident") is None]
    assert lost == []
    drafts = {number for number, _ in shown}
    assert chain.broken is None
    # What was committed is whole: each filing wrote its receipt, its event and its line of the audit log, or nothing.
    assert receipts == events == chain.entries
    assert receipts == cases + again
    # A case whose receipt was never shown is the last draft of a life that ended in between; at most the very last one
    # was not filed again.
    assert len(drafts) <= cases <= len(drafts) + 1
    return {"receipts shown": len(shown), "lost": len(lost), "cases": cases, "receipts kept": receipts, "again": again}


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys")


@pytest.fixture
def shared_engine(database_url: str, ring: KeyRing, bring_up: Callable[[Engine], None]):
    engine = make_engine(database_url, ring)
    bring_up(engine)
    yield engine
    engine.dispose()


def test_a_process_killed_at_any_moment_loses_no_receipt_that_was_shown(
    shared_engine: Engine, database_url: str, ring: KeyRing, tmp_path: Path
):
    draw = random.Random(5)  # noqa: S311 - no secrets, only moments
    shown: list[tuple[int, str]] = []
    ended = 0
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("filing.py")), database_url, str(tmp_path / "keys")],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        following = 2
        for _ in range(KILLS):
            # The resident files the draft again whose receipt they were not shown.
            process.stdin.write(f"{following} {draw.uniform(0.05, 6):.4f}\n")
            process.stdin.flush()
            while (line := process.stdout.readline()) != "gone\n":
                assert line.strip() not in {"", "broke"}, "the filing process failed by itself"
                number, receipt = line.split()
                shown.append((int(number), receipt))
                following = int(number) + 1
            ended += 1
        process.stdin.close()
    counts = check(shared_engine, desk(shared_engine, ring), shown)
    if shared_engine.dialect.name == "sqlite":
        with shared_engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    tell(f"{shared_engine.dialect.name}: killed {ended} times; {counts}")
    assert ended == KILLS
    assert counts["cases"] > KILLS // 10


def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path, ring: KeyRing, bring_up: Callable[[Engine], None]):
    engine = make_engine(f"sqlite:///{tmp_path / 'mingbai.db'}", ring)
    bring_up(engine)
    complaints = desk(engine, ring)
    room = {"pages": 0}

    @event.listens_for(Engine, "begin")
    def _limit(connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA max_page_count={room['pages']}")

    shown, refused = [], 0
    try:
        with engine.connect() as connection:
            room["pages"] = connection.scalar(text("PRAGMA page_count")) + 4
        for number in range(150):
            for attempt in range(1, 50):
                try:
                    shown.append((number, complaints.file(draft(number)).receipt))
                    break
                except OperationalError as error:
                    assert "full" in str(error.orig)  # noqa: PT017 - any other failure is not the one under test
                    refused += 1
                    # Somebody makes room, a little at a time.
                    room["pages"] += attempt % 3 == 0
            else:
                pytest.fail("refused although there was room")
    finally:
        event.remove(Engine, "begin", _limit)
    counts = check(engine, complaints, shown)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
    tell(f"disk full: refused {refused} times; {counts}")
    assert refused >= 100
    assert counts["cases"] == len(shown) == 150


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_connections_cut_and_a_database_restarted_lose_nothing(shared_engine: Engine, ring: KeyRing, postgres_server):
    complaints = desk(shared_engine, ring)
    shown: list[tuple[int, str]] = []
    failed, over = [], threading.Event()

    def resident(first: int) -> None:
        number = first
        while not over.is_set():
            # Filed again until a receipt is shown, as the chat offers after an apology.
            try:
                shown.append((number, complaints.file(draft(number)).receipt))
                number += 4
            except DBAPIError as error:
                failed.append(type(error).__name__)

    admin = create_engine(shared_engine.url, pool_pre_ping=True, isolation_level="AUTOCOMMIT")
    cut_one = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' LIMIT 1"
    )
    cuts = 0
    with ThreadPoolExecutor(4) as pool:
        residents = [pool.submit(resident, number) for number in range(4)]
        try:
            for restart in range(1, RESTARTS + 1):
                while cuts < CUTS * restart // RESTARTS:
                    with admin.connect() as connection:
                        cuts += connection.scalar(cut_one) is True
                postgres_server.restart()
                reached = len(shown)
                # It goes on by itself with the pool of before.
                while len(shown) < reached + 20 and not any(one.done() for one in residents):
                    over.wait(0.01)
        finally:
            over.set()
        for one in residents:
            one.result()
    admin.dispose()
    drafts = {number for number, _ in shown}
    with session_factory(shared_engine)() as session:
        cases = session.scalar(select(func.count()).select_from(CaseRow))
        assert audit.verify(session).broken is None
    lost = [number for number, receipt in shown if complaints.follow(receipt, "resident") is None]
    tell(
        f"connections cut {cuts}, restarts {RESTARTS}, failures seen {len(failed)}; "
        f"receipts shown {len(shown)}, lost {len(lost)}, cases {cases}"
    )
    assert lost == []
    # Each resident's last draft may have been filed without its receipt being shown.
    assert len(drafts) <= cases <= len(drafts) + 4
    assert len(failed) >= CUTS // 4
