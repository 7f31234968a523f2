"""Every storage test runs on SQLite and on PostgreSQL: a real server of our own, stopped at the end."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2
import pytest
from sqlalchemy import Engine

from bot.complaints import ComplaintDraft, Complaints, Kind
from bot.messages import Channel, Language
from bot.staff import Passphrases, Role, StaffDesk, StaffMember
from bot.storage.complaints import SqlComplaintStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.keys import KeyRing
from bot.storage.outbox import Outbox
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.staff import SqlStaffStore
from tests.fakes.postgres import PostgresServer, postgres
from tests.shipped_desk import DESK, PROMISES


class FakeClock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for the whole run."""
    try:
        with postgres() as server:
            yield server
    except FileNotFoundError:
        pytest.fail("PostgreSQL is not installed; leave its tests out with -m 'not postgres'")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mingbai.db'}"
        return
    with request.getfixturevalue("postgres_server").database() as address:
        yield address


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.ephemeral()


@pytest.fixture
def empty_engine(database_url: str, keys: KeyRing) -> Iterator[Engine]:
    engine = make_engine(database_url, keys)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine, bring_up: Callable[[Engine], None]) -> Engine:
    bring_up(empty_engine)
    return empty_engine


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    return Outbox(session_factory(engine))


@pytest.fixture
def receipts(keys: KeyRing) -> Argon2ReceiptHasher:
    return Argon2ReceiptHasher(keys, memory_kib=8, rounds=1)


@pytest.fixture
def complaints(engine: Engine, receipts: Argon2ReceiptHasher, clock: FakeClock) -> Complaints:
    store = SqlComplaintStore(session_factory(engine), reader_factory(engine))
    return Complaints(store, receipts, clock, PROMISES)


@pytest.fixture
def staff_store(engine: Engine) -> SqlStaffStore:
    return SqlStaffStore(session_factory(engine), reader_factory(engine))


@pytest.fixture
def desk(staff_store: SqlStaffStore, clock: FakeClock) -> StaffDesk:
    quick = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return StaffDesk(staff_store, clock, DESK.is_weak, Passphrases(quick))


@pytest.fixture
def hire(staff_store: SqlStaffStore, clock: FakeClock):
    """Puts somebody on the desk without the ceremony that test_staff covers."""

    def hire(name: str, role: Role = Role.HANDLER) -> StaffMember:
        with staff_store.unit() as unit:
            unit.invite(name, role, f"invitation of {name}", clock() + timedelta(hours=1))
            invitation = unit.invitation(f"invitation of {name}")
            assert invitation is not None
            return unit.enrol(invitation.staff_id, "no passphrase", 0, clock())

    return hire


@pytest.fixture
def draft():
    """A complaint ready to be filed; any field can be told otherwise."""

    def draft(**changed: object) -> ComplaintDraft:
        fields: dict[str, object] = {
            "draft_id": uuid.uuid4().hex,
            "kind": Kind.COLLECTION,
            "story": "他们每天给我的邻居打电话",
            "against": "某某小贷",
            "when": "三月一日",
            "amount": "5000",
            "wish": "不要再打给别人",
            "language": Language.ZH,
            "channel": Channel.WEB,
            "sender": "resident-1",
            "consent": True,
        }
        return ComplaintDraft(**(fields | changed))

    return draft
