"""Rotation: new keys in force at once, old values sealed anew in small transactions, old keys out of use at the end.

What is left to do is read from the database itself, so a rotation that was interrupted goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping, case, func, or_, select, update

from bot.storage.base import sealing_of
from bot.storage.complaint_tables import CaseRow
from bot.storage.data_keys import CASE, GENERAL, KEY_LOCK, WRAPPED_AAD, DataKeys, key_id_of, prefix_of
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import add_master_key, master_of, retire_master_keys, sealed_by
from bot.storage.locks import hold_on
from bot.storage.sealed_tables import SealedTable, keys_in_use, sealed_tables

_CASES_AT_ONCE = 20
_ROWS_AT_ONCE = 200
_FILES_AT_ONCE = 5
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeyCount:
    """Data keys that are alike, as ``mingbai keys list`` shows them. ``state`` is active, retired or shredded."""

    generation: int
    purpose: str
    state: str
    count: int
    oldest: datetime


class Rotation:
    """Works on one database and one folder of keys."""

    def __init__(self, engine: Engine, keys_dir: Path) -> None:
        self._engine = engine
        self._keys_dir = keys_dir
        self._keys: DataKeys = sealing_of(engine.dialect)

    def begin(self) -> int:
        """Put a new master key and a new general key in force; the new generation."""
        with self._engine.begin() as connection:
            hold_on(connection, KEY_LOCK)
            add_master_key(self._keys_dir)
            generation = self._keys.generation(connection) + 1
            self._keys.make(connection, GENERAL, generation)
        self._keys.renew()
        return generation

    def is_finished(self) -> bool:
        """Whether every value and every data key is under the newest keys."""
        self._keys.ring.refresh()
        with self._engine.begin() as connection:
            return not (
                self._old_wraps(connection, 1)
                or self._old_cases(connection, 1)
                or any(self._old_rows(connection, table, 1) for table in _of_no_case())
                or _strays(connection)
            )

    def step(self) -> int:
        """Move one batch to the newest keys; how many keys, cases or rows it was, 0 when none is left."""
        self._keys.ring.refresh()
        return self._rewrap() or self._move_cases() or self._move_rows() or self._move_strays()

    def finish(self, now: datetime) -> tuple[int, int]:
        """Take keys that nothing uses out of use: how many master keys, and how many data keys, it were."""
        with self._engine.begin() as connection:
            # Alone: a case that is being written now either waits, or has its key on disk and is counted here.
            hold_on(connection, KEY_LOCK)
            ring = self._keys.ring
            ring.refresh()
            used, masters_used = keys_in_use(connection)
            used |= set(connection.scalars(select(CaseRow.key_id).where(CaseRow.key_id.is_not(None))))
            old = connection.scalars(
                select(DataKeyRow.id).where(
                    DataKeyRow.generation < self._keys.generation(connection),
                    DataKeyRow.retired_at.is_(None),
                    DataKeyRow.shredded_at.is_(None),
                )
            )
            unused = [key_id for key_id in old if key_id not in used]
            for start in range(0, len(unused), _KEYS_AT_ONCE):
                batch = unused[start : start + _KEYS_AT_ONCE]
                connection.execute(update(DataKeyRow).where(DataKeyRow.id.in_(batch)).values(retired_at=now))
            wraps = connection.scalars(
                select(func.substr(DataKeyRow.wrapped, 1, len(sealed_by(ring.master_id))))
                .where(DataKeyRow.wrapped.is_not(None))
                .distinct()
            )
            masters_used |= {master_of(bytes(wrap)) or b"" for wrap in wraps}
            unused_masters = set(ring.masters) - masters_used - {ring.master_id}
            retire_master_keys(self._keys_dir, unused_masters)
        ring.refresh()
        return len(unused_masters), len(unused)

    # Steps. Each is one transaction, but for cases: there each case is one, so that nobody waits long for a case.

    def _rewrap(self) -> int:
        with self._engine.begin() as connection:
            rows = self._old_wraps(connection, _KEYS_AT_ONCE)
            for row in rows:
                key = self._keys.ring.open(bytes(row["wrapped"]), WRAPPED_AAD)
                is_same = (DataKeyRow.id == row["id"], DataKeyRow.wrapped == row["wrapped"])
                connection.execute(
                    update(DataKeyRow).where(*is_same).values(wrapped=self._keys.ring.seal(key, WRAPPED_AAD))
                )
            return len(rows)

    def _old_wraps(self, connection: Connection, limit: int) -> Sequence[RowMapping]:
        beginning = sealed_by(self._keys.ring.master_id)
        query = (
            select(DataKeyRow.id, DataKeyRow.wrapped)
            .where(DataKeyRow.wrapped.is_not(None), func.substr(DataKeyRow.wrapped, 1, len(beginning)) != beginning)
            .limit(limit)
        )
        return connection.execute(query).mappings().all()

    def _move_cases(self) -> int:
        with self._engine.begin() as connection:
            cases = self._old_cases(connection, _CASES_AT_ONCE)
        for case_id in cases:
            self._move_case(case_id, fresh=True)
        return len(cases)

    def _old_cases(self, connection: Connection, limit: int) -> Sequence[int]:
        query = (
            select(CaseRow.id)
            .outerjoin(DataKeyRow, DataKeyRow.id == CaseRow.key_id)
            .where(or_(DataKeyRow.id.is_(None), DataKeyRow.generation < self._keys.generation(connection)))
            .limit(limit)
        )
        return connection.scalars(query).all()

    def _move_case(self, case_id: int, *, fresh: bool) -> None:
        with self._engine.begin() as connection:
            query = select(CaseRow.key_id).where(CaseRow.id == case_id).with_for_update()
            found = connection.execute(query).one_or_none()
            if found is None:
                return
            key_id = None if fresh else found.key_id
            if key_id is None:
                key_id = self._keys.make(connection, CASE, self._keys.generation(connection), found.key_id)
                connection.execute(update(CaseRow).where(CaseRow.id == case_id).values(key_id=key_id))
            for table in _of_cases():
                for row in table.of_case(connection, case_id):
                    table.seal_anew(connection, row, self._keys, key_id)

    def _move_rows(self) -> int:
        for table in _of_no_case():
            with self._engine.begin() as connection:
                rows = self._old_rows(connection, table, _FILES_AT_ONCE if table.holds_files else _ROWS_AT_ONCE)
                for row in rows:
                    table.seal_anew(connection, row, self._keys, self._keys.current())
            if rows:
                return len(rows)
        return 0

    def _old_rows(self, connection: Connection, table: SealedTable, limit: int) -> Sequence[RowMapping]:
        is_old = table.not_under(prefix_of(self._keys.current()))
        return connection.execute(select(table.plain).where(is_old).limit(limit)).mappings().all()

    def _move_strays(self) -> int:
        """Texts of cases that were written without the case's key, or while it changed."""
        with self._engine.begin() as connection:
            strays = _strays(connection)
        for case_id in strays:
            self._move_case(case_id, fresh=False)
        return len(strays)


def key_counts(connection: Connection) -> list[KeyCount]:
    """All data keys of a database, newest first, alike ones together."""
    state = case(
        (DataKeyRow.shredded_at.is_not(None), "shredded"),
        (DataKeyRow.retired_at.is_not(None), "retired"),
        else_="active",
    )
    query = (
        select(
            DataKeyRow.generation,
            DataKeyRow.purpose,
            state.label("state"),
            func.count().label("count"),
            func.min(DataKeyRow.created_at).label("oldest"),
        )
        .group_by(DataKeyRow.generation, DataKeyRow.purpose, state)
        .order_by(DataKeyRow.generation.desc(), DataKeyRow.purpose, state)
    )
    return [KeyCount(**row) for row in connection.execute(query).mappings()]


def _of_cases() -> list[SealedTable]:
    return [table for table in sealed_tables() if table.owner is not None]


def _of_no_case() -> list[SealedTable]:
    return [table for table in sealed_tables() if table.owner is None]


def _strays(connection: Connection) -> set[int]:
    """Cases with a value that is not under their own key."""
    own = {row.id: row.key_id for row in connection.execute(select(CaseRow.id, CaseRow.key_id))}
    strays: set[int] = set()
    for table in _of_cases():
        for beginning in table.beginnings():
            pairs = select(table.owned_by, beginning).where(beginning.is_not(None)).distinct()
            # A case filed between the two looks is under its own new key; the next run sees it.
            strays |= {
                case_id
                for case_id, found in connection.execute(pairs)
                if case_id in own and key_id_of(bytes(found)) != own[case_id]
            }
    return strays
