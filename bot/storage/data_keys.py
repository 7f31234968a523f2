"""Envelope encryption: values are sealed under data keys, and data keys are wrapped by a master key.

Each complaint has a data key of its own, so that shredding it makes every copy of that complaint unreadable; all else
is sealed under a general key. A sealed value is: format, id of its data key, nonce, AES-256-GCM ciphertext. Format and
key id are authenticated together with ``table.column``, so a value can be moved neither to another column nor key.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, Row, insert, select

from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KEY_BYTES, NONCE_BYTES, KeyRing, SealBrokenError, master_of
from bot.storage.locks import hold_on

GENERAL = "general"
CASE = "case"
WRAPPED_AAD = "data_keys.wrapped"
FORMAT = b"\x02"
ID_BYTES = 8
PREFIX_BYTES = len(FORMAT) + ID_BYTES
"""How much of a sealed value tells the key it was sealed under."""
_HEADER_BYTES = PREFIX_BYTES + NONCE_BYTES
_KEPT_IN_MEMORY = 8192
_FETCHED_AT_ONCE = 256
"""Cases are read near their neighbours; keys are fetched so too."""
CURRENT_SECONDS = 1.0
"""How long a process may not notice that a rotation put another general key in force."""
_RANDOM_BITS = 22

KEY_LOCK = "data keys"
"""Held in share while a data key is wrapped and committed, and alone while master keys are taken out of use."""

Fetch = Callable[[int | None], Sequence[Row[int, bytes | None]]]


def prefix_of(key_id: int) -> bytes:
    """How every value sealed under this key begins."""
    return FORMAT + key_id.to_bytes(ID_BYTES)


def key_id_of(sealed: bytes) -> int | None:
    """The data key a value was sealed under; ``None`` when it was sealed by a master key itself."""
    return int.from_bytes(sealed[len(FORMAT) : PREFIX_BYTES]) if sealed[: len(FORMAT)] == FORMAT else None


class DataKeys:
    """The data keys of one database, unwrapped in memory only, the latest used of them."""

    def __init__(self, ring: KeyRing, fetch: Fetch) -> None:
        """``fetch(id)`` brings rows from that key on; ``fetch(None)`` the general key in force."""
        self.ring = ring
        self._fetch = fetch
        self._lock = threading.Lock()
        self._known: OrderedDict[int, AESGCM] = OrderedDict()
        self._current: tuple[int, float] | None = None

    def seal(self, value: bytes, aad: str, key_id: int | None = None) -> bytes:
        """Encrypt and authenticate, under the general key in force unless told otherwise."""
        chosen = self.current() if key_id is None else key_id
        prefix = prefix_of(chosen)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return prefix + nonce + self._key(chosen, aad).encrypt(nonce, value, prefix + aad.encode())

    def open(self, sealed: bytes, aad: str) -> bytes:
        """The value again. Raises ``SealBrokenError``."""
        if master_of(sealed) is not None:
            # From before there were data keys; the next rotation seals it anew.
            return self.ring.open(sealed, aad)
        key_id = key_id_of(sealed)
        if key_id is None or len(sealed) < _HEADER_BYTES:
            raise SealBrokenError(f"no key opens this value of {aad}")
        try:
            return self._key(key_id, aad).decrypt(
                sealed[PREFIX_BYTES:_HEADER_BYTES], sealed[_HEADER_BYTES:], sealed[:PREFIX_BYTES] + aad.encode()
            )
        except InvalidTag as error:
            raise SealBrokenError(f"a value of {aad} was changed or moved") from error

    def current(self) -> int:
        """The id of the general key in force."""
        now = time.monotonic()
        current = self._current
        if current is None or now - current[1] > CURRENT_SECONDS:
            rows = self._fetch(None)
            if not rows:
                raise SealBrokenError("the database has no data key yet; run: mingbai db upgrade")
            current = (rows[0].id, now)
            self._keep(rows)
            self._current = current
        return current[0]

    def make(self, connection: Connection, purpose: str, generation: int, replaces: int | None = None) -> int:
        """Make a new data key within the caller's transaction; its id."""
        # Whoever takes a master key out of use waits until this is committed, or is seen by the refresh.
        hold_on(connection, KEY_LOCK, shared=True)
        self.ring.refresh()
        # Ids rise with time, so that keys of neighbouring cases stand together, and are random besides: the id of a
        # transaction that was undone must never come back with another key behind it.
        key_id = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        key = secrets.token_bytes(KEY_BYTES)
        connection.execute(
            insert(DataKeyRow).values(
                id=key_id,
                purpose=purpose,
                generation=generation,
                replaces=replaces,
                wrapped=self.ring.seal(key, WRAPPED_AAD),
                created_at=datetime.now(UTC),
            )
        )
        with self._lock:
            self._known[key_id] = AESGCM(key)
        return key_id

    def generation(self, connection: Connection) -> int:
        """Which rotation is in force."""
        newest = connection.scalar(
            select(DataKeyRow.generation)
            .where(DataKeyRow.purpose == GENERAL)
            .order_by(DataKeyRow.generation.desc())
            .limit(1)
        )
        return newest or 0

    def renew(self) -> None:
        """Ask again which general key is in force. Keys of cases not yet committed exist in memory alone: they stay."""
        self._current = None

    def forget(self) -> None:
        """Drop all that is in memory: the database behind it is another one. No transaction may be open."""
        with self._lock:
            self._known.clear()
        self._current = None

    def _key(self, key_id: int, aad: str) -> AESGCM:
        with self._lock:
            key = self._known.get(key_id)
            if key is not None:
                self._known.move_to_end(key_id)
                return key
        self._keep(self._fetch(key_id))
        with self._lock:
            key = self._known.get(key_id)
        if key is None:
            raise SealBrokenError(f"no key opens this value of {aad}")
        return key

    def _keep(self, rows: Sequence[Row[int, bytes | None]]) -> None:
        unwrapped = {row.id: AESGCM(self.ring.open(row.wrapped, WRAPPED_AAD)) for row in rows if row.wrapped}
        with self._lock:
            for key_id, key in unwrapped.items():
                self._known.setdefault(key_id, key)
            while len(self._known) > _KEPT_IN_MEMORY:
                self._known.popitem(last=False)


def fetching_from(engine: Engine) -> Fetch:
    """Reads data keys through connections of its own: it is asked in the middle of other queries."""

    def fetch(key_id: int | None) -> Sequence[Row[int, bytes | None]]:
        query = select(DataKeyRow.id, DataKeyRow.wrapped)
        if key_id is None:
            query = query.where(DataKeyRow.purpose == GENERAL).order_by(DataKeyRow.generation.desc()).limit(1)
        else:
            query = query.where(DataKeyRow.id >= key_id).order_by(DataKeyRow.id).limit(_FETCHED_AT_ONCE)
        with engine.connect() as connection:
            return connection.execute(query).all()

    return fetch


def ensure_general_key(connection: Connection, keys: DataKeys) -> None:
    """Make the first general key of a database that has none."""
    if keys.generation(connection) == 0:
        keys.make(connection, GENERAL, 1)
