"""Named locks that last to the end of a transaction, for rows that do not exist yet and so cannot be locked."""

import hashlib

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


def hold(session: Session, name: str) -> None:
    """Wait for, and keep, the lock of this name. On SQLite every writing transaction holds the only lock already."""
    hold_on(session.connection(), name)


def hold_on(connection: Connection, name: str, *, shared: bool = False) -> None:
    """The same on a connection. Those who hold it in share wait only for who holds it alone."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        connection.execute(text(f"SELECT {function}(:key)"), {"key": key})
