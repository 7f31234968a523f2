"""Every complaint's texts are sealed under a data key of its own, wherever they stand.

A table belongs to complaints when it refers to them by a foreign key: its sealed columns then use the key of the case.
"""

from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy import inspect as look_at
from sqlalchemy.orm import Mapper, Session

from bot.storage.base import Keyed, KeyedBytes, SealedBytes, SealedText, sealing_of
from bot.storage.complaint_tables import CaseRow
from bot.storage.data_keys import CASE, DataKeys

CASES = CaseRow.__tablename__


def sealed_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold sealed values."""
    return [column for column in table.columns if isinstance(column.type, SealedText | SealedBytes)]


def aads_of(table: Table) -> dict[str, str]:
    """What the values of each sealed column are bound to."""
    return {
        column.name: column.type.aad for column in table.columns if isinstance(column.type, SealedText | SealedBytes)
    }


def owner_column(table: Table) -> Column[Any] | None:
    """The column that says which case a row belongs to; ``None`` when rows belong to none."""
    if table.name == CASES:
        return table.c.id
    return next((key.parent for key in table.foreign_keys if key.target_fullname == f"{CASES}.id"), None)


def give_case_keys(session: Session, _context: object, _instances: object) -> None:
    """Before rows are written: a key for each new case, and the case's key for whatever belongs to it."""
    new, changed = list(session.new), list(session.dirty)
    for row in new:
        if isinstance(row, CaseRow) and row.key_id is None:
            keys: DataKeys = sealing_of(session.get_bind().dialect)
            connection = session.connection()
            row.key_id = keys.make(connection, CASE, keys.generation(connection))
    for row in new + changed:
        _mark(session, row)


def _mark(session: Session, row: Any) -> None:
    mapper: Mapper[Any] = look_at(row).mapper
    table = mapper.local_table
    if not isinstance(table, Table) or (owner := owner_column(table)) is None:
        return
    attributes = [mapper.get_property_by_column(column).key for column in sealed_columns(table)]
    state = look_at(row).attrs
    fresh = [name for name in attributes if name in row.__dict__ and state[name].history.has_changes()]
    key_id = _key_of(session, row, mapper.get_property_by_column(owner).key) if fresh else None
    if key_id is None:
        return
    for name in fresh:
        value = getattr(row, name)
        if value is not None:
            setattr(row, name, KeyedBytes(value, key_id) if isinstance(value, bytes) else Keyed(value, key_id))


def _key_of(session: Session, row: Any, owner: str) -> int | None:
    if isinstance(row, CaseRow):
        return row.key_id
    return session.scalar(select(CaseRow.key_id).where(CaseRow.id == getattr(row, owner)))
