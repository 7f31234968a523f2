"""Where Rasa keeps conversations: encrypted, short, and forgotten after a while.

Rasa's own stores keep every event for ever, in the clear, and hand all of them to the action server at each turn.
This one keeps one sealed row a conversation, with the newest events and the state that older ones led to.
Runs in Rasa's environment (Python 3.10, SQLAlchemy 1.4).
"""

import base64
import json
import logging
import os
import secrets
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

log = logging.getLogger(__name__)

KEPT_EVENTS = 200
_KEPT_SECONDS = 90 * 24 * 3600
_SWEEP_EVERY_SECONDS = 3600
_RESEALED_AT_ONCE = 200
_OLD_KEY_GRACE_SECONDS = 24 * 3600
_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID_BYTES = 4
_NO_ID = bytes(_ID_BYTES)
_FORMAT = b"\x02"
_BEGINNING_BYTES = len(_FORMAT) + _ID_BYTES

_TABLES = sa.MetaData()
_TRACKERS = sa.Table(
    "rasa_trackers",
    _TABLES,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False, index=True),
)


def load_or_create_keys(path: Path) -> dict[bytes, bytes]:
    """The keys of a file only we can read, by id, the last in force; made at first use.

    Safe when several processes start at once. The file is lines of ``id key``; one of exactly 32 bytes is a single
    key from before there were ids, known as ``00000000``.
    """
    if not path.exists():
        _make_key_file(path)
    content = path.read_bytes()
    if len(content) == _KEY_BYTES:
        return {_NO_ID: content}
    keys = {}
    try:
        for line in content.decode("ascii").splitlines():
            key_id, _, key = line.partition(" ")
            keys[bytes.fromhex(key_id)] = base64.b64decode(key, validate=True)
    except ValueError as error:
        raise ValueError(f"{path} is damaged") from error
    if not keys or any(len(key_id) != _ID_BYTES or len(key) != _KEY_BYTES for key_id, key in keys.items()):
        raise ValueError(f"{path} is damaged")
    return keys


def _make_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id, key = secrets.token_bytes(_ID_BYTES), secrets.token_bytes(_KEY_BYTES)
    fresh = _written(path, f"{key_id.hex()} {base64.b64encode(key).decode()}\n".encode())
    try:
        # Linking never replaces: whoever comes second uses the key of the first, and never half of one.
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _written(path: Path, content: bytes) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


class Seal:
    """Seals rows under the newest key of a file, and notices when a rotation put another one there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = load_or_create_keys(path)
        self._seen = self._stamp()

    @property
    def beginning(self) -> bytes:
        """How every row under the key in force begins."""
        self._refresh()
        return _FORMAT + next(reversed(self._keys))

    def seal(self, sender_id: str, plain: bytes) -> bytes:
        """Encrypt. Bound to its sender: a row moved to another conversation does not open."""
        beginning = self.beginning
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = self._keys[beginning[len(_FORMAT) :]]
        return beginning + nonce + AESGCM(key).encrypt(nonce, plain, beginning + sender_id.encode())

    def open(self, sender_id: str, sealed: bytes) -> bytes:
        """The row again. Raises ``InvalidTag``."""
        beginning, rest = sealed[:_BEGINNING_BYTES], sealed[_BEGINNING_BYTES:]
        key_id = beginning[len(_FORMAT) :]
        if key_id not in self._keys:
            self._refresh()
        if sealed.startswith(_FORMAT) and key_id in self._keys:
            try:
                return self._decrypt(key_id, rest, beginning + sender_id.encode())
            except InvalidTag:
                if _NO_ID not in self._keys:
                    raise
        if _NO_ID not in self._keys:
            raise InvalidTag
        # From before rows named their key.
        return self._decrypt(_NO_ID, sealed, sender_id.encode())

    def drop_old_keys(self, settled_before: float) -> None:
        """Keep the key in force alone, once it has been so since before then: nothing is under the others any more."""
        self._refresh()
        if len(self._keys) > 1 and self._path.stat().st_mtime < settled_before:
            newest = next(reversed(self._keys))
            line = f"{newest.hex()} {base64.b64encode(self._keys[newest]).decode()}\n"
            _written(self._path, line.encode()).replace(self._path)
            self._refresh()

    def _decrypt(self, key_id: bytes, sealed: bytes, bound: bytes) -> bytes:
        return AESGCM(self._keys[key_id]).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)

    def _stamp(self) -> tuple[int, int]:
        state = self._path.stat()
        return state.st_ino, state.st_mtime_ns

    def _refresh(self) -> None:
        seen = self._stamp()
        if seen != self._seen:
            self._keys, self._seen = load_or_create_keys(self._path), seen


def kept_events(events: list[Event], domain: Domain, sender_id: str, limit: int = KEPT_EVENTS) -> list[Event]:
    """What is worth keeping: nothing before a restart, and beyond ``limit`` only the state that the rest led to."""
    restarts = [place for place, event in enumerate(events) if isinstance(event, Restarted)]
    current = events[restarts[-1] + 1 :] if restarts else events
    if len(current) <= limit:
        return current
    cut = _turn_start(current, len(current) - limit)
    if cut is None:
        return current
    before = DialogueStateTracker.from_events(sender_id, current[:cut], slots=domain.slots)
    state: list[Event] = [
        SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value != slot.initial_value
    ]
    if before.active_loop_name:
        state.append(ActiveLoop(before.active_loop_name))
    return state + current[cut:]


def _turn_start(events: list[Event], earliest: int) -> int | None:
    """Where the first whole turn begins at or after a place: the listening before somebody speaks."""
    for place in range(earliest, len(events) - 1):
        listens = isinstance(events[place], ActionExecuted) and events[place].action_name == ACTION_LISTEN_NAME
        if listens and isinstance(events[place + 1], UserUttered):
            return place
    return None


class EncryptedTrackerStore(TrackerStore, SerializedTrackerAsText):
    """One sealed row a conversation."""

    def __init__(
        self, domain: Domain | None, host: str, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        """``host`` is the database address: what ``url`` of ``endpoints.yml`` becomes."""
        super().__init__(domain, event_broker, **kwargs)
        self._seal = Seal(Path(os.environ["MINGBAI_STATE_DIR"]) / "keys" / "tracker.key")
        self._engine = _engine(host)
        _TABLES.create_all(self._engine)
        self._swept_at = 0.0

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation as it is now."""
        await self.stream_events(tracker)
        events = kept_events(list(tracker.events), self.domain, tracker.sender_id)
        with self._engine.begin() as connection:
            self._sweep(connection)
            if not events:
                connection.execute(_TRACKERS.delete().where(_TRACKERS.c.sender_id == tracker.sender_id))
                return
            row = {"sealed": self._sealed(tracker.sender_id, events), "updated_at": int(time.time())}
            mine = _TRACKERS.update().where(_TRACKERS.c.sender_id == tracker.sender_id)
            if connection.execute(mine.values(**row)).rowcount:
                return
            try:
                with connection.begin_nested():
                    connection.execute(_TRACKERS.insert().values(sender_id=tracker.sender_id, **row))
            except sa.exc.IntegrityError:
                # Another worker was first with a new conversation.
                connection.execute(mine.values(**row))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """A conversation, or ``None`` when there is none we can read."""
        chosen = sa.select(_TRACKERS.c.sealed).where(
            _TRACKERS.c.sender_id == sender_id, _TRACKERS.c.updated_at >= _oldest_kept()
        )
        with self._engine.connect() as connection:
            sealed = connection.execute(chosen).scalar()
        if sealed is None:
            return None
        try:
            opened = self._seal.open(sender_id, bytes(sealed))
        except InvalidTag:
            log.warning("A conversation cannot be opened with the present keys; it begins anew.")
            return None
        return self.deserialise_tracker(sender_id, zlib.decompress(opened))

    async def keys(self) -> Iterable[str]:
        """Every sender there is."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(_TRACKERS.c.sender_id)).scalars())

    def _sealed(self, sender_id: str, events: list[Event]) -> bytes:
        dialogue = {"name": sender_id, "events": [event.as_dict() for event in events]}
        return self._seal.seal(sender_id, zlib.compress(json.dumps(dialogue).encode(), 1))

    def _sweep(self, connection: Any) -> None:
        now = time.time()
        if now - self._swept_at < _SWEEP_EVERY_SECONDS:
            return
        connection.execute(_TRACKERS.delete().where(_TRACKERS.c.updated_at < _oldest_kept()))
        # Next time at once while old rows are left, so that a rotation is soon done.
        if self._seal_old_rows_anew(connection) < _RESEALED_AT_ONCE:
            self._swept_at = now

    def _seal_old_rows_anew(self, connection: Any) -> int:
        beginning = self._seal.beginning
        is_old = sa.func.substr(_TRACKERS.c.sealed, 1, len(beginning)) != beginning
        query = sa.select(_TRACKERS.c.sender_id, _TRACKERS.c.sealed).where(is_old).limit(_RESEALED_AT_ONCE)
        rows = connection.execute(query).all()
        for sender_id, sealed in rows:
            mine = (_TRACKERS.c.sender_id == sender_id) & (_TRACKERS.c.sealed == sealed)
            try:
                anew = self._seal.seal(sender_id, self._seal.open(sender_id, bytes(sealed)))
                connection.execute(_TRACKERS.update().where(mine).values(sealed=anew))
            except InvalidTag:
                # Nothing will ever open it.
                connection.execute(_TRACKERS.delete().where(mine))
        if not rows:
            self._seal.drop_old_keys(time.time() - _OLD_KEY_GRACE_SECONDS)
        return len(rows)


def _oldest_kept() -> int:
    return int(time.time()) - _KEPT_SECONDS


def _engine(address: str) -> Any:
    url = sa.engine.make_url(address)
    if url.get_backend_name() == "postgresql":
        # Ours speak through psycopg 3, which this SQLAlchemy does not know.
        return sa.create_engine(url.set(drivername="postgresql+psycopg2"), pool_pre_ping=True, future=True)
    if url.database:
        _private_file(Path(url.database))
    engine = sa.create_engine(url, connect_args={"timeout": 15, "check_same_thread": False}, future=True)
    sa.event.listen(engine, "connect", _begin_sqlite)
    return engine


def _private_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _begin_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
