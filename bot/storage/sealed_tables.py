"""Every table with sealed columns, as rotation and backups see it: bytes, without opening them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, MetaData, RowMapping, Table, func, or_, select
from sqlalchemy import update as update_rows

from bot.storage.base import SealedBytes
from bot.storage.case_keys import aads_of, owner_column, sealed_columns
from bot.storage.data_keys import PREFIX_BYTES, DataKeys, key_id_of
from bot.storage.keys import master_of
from bot.storage.migrate import all_tables


@dataclass(frozen=True)
class SealedTable:
    """One table. ``aads`` says for each sealed column what its values are bound to."""

    plain: Table
    aads: dict[str, str]
    owner: str | None
    """The column that names the complaint a row belongs to."""
    holds_files: bool = False
    """Its rows may be some megabytes each: few of them fit in memory at once."""

    @property
    def owned_by(self) -> Column[Any]:
        """The same as a column, of a table that has one."""
        column: Column[Any] = self.plain.c[str(self.owner)]
        return column

    def of_case(self, connection: Connection, case_id: int) -> Iterator[RowMapping]:
        """The rows of a complaint; large ones are read one at a time."""
        if not self.holds_files:
            yield from connection.execute(select(self.plain).where(self.owned_by == case_id)).mappings().all()
            return
        key = self.plain.primary_key.columns
        for found in connection.execute(select(*key).where(self.owned_by == case_id)).all():
            is_row = [column == value for column, value in zip(key, found, strict=True)]
            yield from connection.execute(select(self.plain).where(*is_row)).mappings().all()

    def beginnings(self) -> Iterator[ColumnElement[bytes]]:
        """For each sealed column: what tells the key."""
        for name in self.aads:
            yield func.substr(self.plain.c[name], 1, PREFIX_BYTES)

    def not_under(self, prefix: bytes) -> ColumnElement[bool]:
        """Rows with a value under another key. Nothing (NULL) is under every key."""
        return or_(*(beginning != prefix for beginning in self.beginnings()))

    def seal_anew(self, connection: Connection, row: RowMapping, keys: DataKeys, key_id: int) -> None:
        """Seal one row's values under another key, unless somebody has changed them since they were read."""
        old = {name: bytes(row[name]) for name in self.aads if row[name] is not None}
        new = {
            name: keys.seal(keys.open(value, self.aads[name]), self.aads[name], key_id) for name, value in old.items()
        }
        is_row = [column == row[column.name] for column in self.plain.primary_key.columns]
        is_same = [self.plain.c[name] == value for name, value in old.items()]
        if new:
            connection.execute(update_rows(self.plain).where(*is_row, *is_same).values(**new))


@cache
def sealed_tables() -> tuple[SealedTable, ...]:
    """Every one the code knows, the newest shape."""
    found = []
    for table in all_tables().sorted_tables:
        if sealed_columns(table):
            owner = owner_column(table)
            found.append(
                SealedTable(
                    _plain(table),
                    aads_of(table),
                    None if owner is None else owner.name,
                    any(isinstance(column.type, SealedBytes) for column in table.columns),
                )
            )
    return tuple(found)


def keys_in_use(connection: Connection) -> tuple[set[int], set[bytes]]:
    """The ids of data keys, and of master keys, that any value is sealed under."""
    data_keys: set[int] = set()
    masters: set[bytes] = set()
    for table in sealed_tables():
        for beginning in table.beginnings():
            for found in connection.scalars(select(beginning).where(beginning.is_not(None)).distinct()):
                key_id, master = key_id_of(bytes(found)), master_of(bytes(found))
                if key_id is not None:
                    data_keys.add(key_id)
                if master is not None:
                    masters.add(master)
    return data_keys, masters


def _plain(table: Table) -> Table:
    sealed = {column.name for column in sealed_columns(table)}
    columns = [
        Column(column.name, LargeBinary() if column.name in sealed else column.type, primary_key=column.primary_key)
        for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)
