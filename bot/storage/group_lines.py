"""Remembers, without a word of any text, which messages were already spoken of in which group."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from bot.storage.base import keys_of
from bot.storage.group_line_tables import GroupLineRow
from bot.storage.locks import hold

KEPT = timedelta(days=30)
"""A trick that comes round again after this long may be spoken of again."""


class GroupLines:
    """What keeps a group from hearing the same thing twice, whichever process and however often started anew."""

    def __init__(self, writers: sessionmaker[Session]) -> None:
        self._writers = writers

    def claim(self, group: str, text: str, now: datetime) -> bool:
        """Whether nothing was said of this text in this group yet; from now on, and for ``KEPT``, something was.

        ``text`` is compared letter by letter, so callers bring it into a plain form first.
        """
        with self._writers.begin() as session:
            line_hash = keys_of(session.get_bind().dialect).lookup_hash("group line", f"{group}\0{text}")
            hold(session, f"group line {line_hash}")
            session.execute(delete(GroupLineRow).where(GroupLineRow.expires_at <= now))
            if session.get(GroupLineRow, line_hash) is not None:
                return False
            session.add(GroupLineRow(line_hash=line_hash, expires_at=now + KEPT))
            return True
