"""Settings in, services out: the only file that names concrete classes. Each part is made when it is first used."""

import asyncio
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from bot.complaints import Complaints, Evidence
from bot.complaints.casework import Casework
from bot.complaints.export import Exports
from bot.complaints.promises import Promises
from bot.complaints.punctuality import Punctuality
from bot.complaints.retention import Retention
from bot.complaints.statistics import Statistics
from bot.content import Content, load_content
from bot.conversations import Conversations
from bot.lessons import Course
from bot.rasa_client import RasaClient
from bot.screening import Screener
from bot.settings import ROOT, Settings
from bot.staff import StaffDesk
from bot.storage.audit import SqlAuditLog, SqlAuditReader
from bot.storage.casework import SqlCaseworkStore
from bot.storage.complaints import SqlComplaintStore
from bot.storage.conversations import SqlConversationStore
from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.evidence import SqlEvidenceStore
from bot.storage.group_lines import GroupLines
from bot.storage.keys import KeyRing
from bot.storage.outbox import Outbox
from bot.storage.punctuality import SqlPunctualityStore
from bot.storage.receipts import Argon2ReceiptHasher
from bot.storage.retention import SqlRetentionStore
from bot.storage.staff import SqlStaffStore
from bot.storage.statistics import SqlStatisticsStore
from bot.uploads import Uploads


def now() -> datetime:
    """The clock of every service."""
    return datetime.now(UTC)


class Services:
    """Everything one process may need."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def content(self) -> Content:
        """The content packs."""
        return load_content(ROOT / "data")

    @cached_property
    def course(self) -> Course:
        """The lessons."""
        return Course(self.content.lessons)

    @cached_property
    def screener(self) -> Screener:
        """Looks for signs of fraud and usury in a text."""
        return Screener(self.content.fraud)

    @cached_property
    def keys(self) -> KeyRing:
        """The secret keys."""
        return KeyRing.load_or_create(self.settings.keys_dir)

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return make_engine(self.settings.resolved_database_url, self.keys)

    @cached_property
    def writers(self) -> sessionmaker[Session]:
        """Transactions that write."""
        return session_factory(self.engine)

    @cached_property
    def readers(self) -> sessionmaker[Session]:
        """Transactions that only read."""
        return reader_factory(self.engine)

    @cached_property
    def complaints(self) -> Complaints:
        """The complaint desk."""
        store = SqlComplaintStore(self.writers, self.readers)
        return Complaints(store, Argon2ReceiptHasher(self.keys), now, Promises(self.content.desk))

    @cached_property
    def evidence(self) -> Evidence:
        """What people hand in with a complaint."""
        return Evidence(SqlEvidenceStore(self.writers, self.readers), self.complaints, now)

    @cached_property
    def casework(self) -> Casework:
        """What handlers do with cases beside answering them."""
        store = SqlCaseworkStore(self.writers, self.readers)
        return Casework(store, self.complaints, self.content.desk, now)

    @cached_property
    def punctuality(self) -> Punctuality:
        """Escalation, and the rate of answers on time."""
        return Punctuality(SqlPunctualityStore(self.writers, self.readers), now)

    @cached_property
    def exports(self) -> Exports:
        """Copies of cases that leave the desk."""
        return Exports(SqlCaseworkStore(self.writers, self.readers), SqlEvidenceStore(self.writers, self.readers), now)

    @cached_property
    def statistics(self) -> Statistics:
        """Counts of cases."""
        return Statistics(SqlStatisticsStore(self.writers, self.readers), now)

    @cached_property
    def retention(self) -> Retention:
        """The end of complaints."""
        return Retention(SqlRetentionStore(self.writers), self.content.retention, now)

    @cached_property
    def staff(self) -> StaffDesk:
        """Access to the console."""
        return StaffDesk(SqlStaffStore(self.writers, self.readers), now, self.content.desk.is_weak)

    @cached_property
    def audit(self) -> SqlAuditLog:
        """The audit log, for whatever is not a transaction of a service."""
        return SqlAuditLog(self.writers, now)

    @cached_property
    def audit_reader(self) -> SqlAuditReader:
        """The audit log, for those who read it."""
        return SqlAuditReader(self.readers)

    @cached_property
    def rasa(self) -> RasaClient:
        """The way to Rasa."""
        token = rasa_token_file(self.settings).read_text(encoding="ascii").strip()
        return RasaClient(self.settings.rasa_url, token)

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations of a gateway."""
        store = SqlConversationStore(self.writers, self.readers)
        return Conversations(store, self.rasa, self.content.wording, self.keys, now, Outbox(self.writers))

    @cached_property
    def group_lines(self) -> GroupLines:
        """What was spoken of in groups already."""
        return GroupLines(self.writers)

    @cached_property
    def uploads(self) -> Uploads:
        """Where gateways hand in files."""
        return Uploads(self.evidence, self.conversations.sender_of, now)

    async def database_answers(self) -> bool:
        """Whether a query gets through. Raises what SQLAlchemy raises when it does not."""

        def ask() -> bool:
            with self.readers.begin() as session:
                return session.scalar(select(1)) == 1

        return await asyncio.to_thread(ask)

    async def aclose(self) -> None:
        """Close everything, from within an event loop."""
        if "rasa" in self.__dict__:
            await self.rasa.close()
        self.close()

    def close(self) -> None:
        """Close what was opened."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def rasa_token_file(settings: Settings) -> Path:
    """The file with the token of Rasa's API, made at first use and readable by us alone."""
    path = settings.keys_dir / "rasa.token"
    settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Written aside and linked into place whole: another process that starts now never reads half a token.
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path
