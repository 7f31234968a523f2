"""Counting cases. The database does it; no sealed column is read but the names of institutions a handler may see."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, sessionmaker

from bot.complaints.likeness import Shared
from bot.complaints.model import StaffActor, Status
from bot.complaints.statistics import EARLIER, Counted, FirstAnswer, Party, Periods, Topic
from bot.storage import access_log, case_index
from bot.storage.casework_tables import MarkRow
from bot.storage.complaint_tables import CaseRow


class SqlStatisticsStore:
    """``StatisticsStore`` on SQLAlchemy."""

    def __init__(self, writers: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
        self._writers = writers
        self._readers = readers

    @contextmanager
    def unit(self) -> Iterator["SqlStatisticsUnit"]:
        """A transaction."""
        with self._writers.begin() as session:
            yield SqlStatisticsUnit(session)

    @contextmanager
    def reading(self) -> Iterator["SqlStatisticsUnit"]:
        """A transaction that only reads."""
        with self._readers.begin() as session:
            yield SqlStatisticsUnit(session)


class SqlStatisticsUnit:
    """``StatisticsUnit`` on one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counted(self, periods: Periods) -> Counted:
        """How many cases there are by each topic but the institution.

        One statement groups by everything at once and the sums are taken here: tables counted one after the other
        could count different cases.
        """
        columns = [
            CaseRow.kind.label(Topic.KIND),
            CaseRow.status.label(Topic.STATUS),
            _age(periods).label(Topic.AGE),
            _month(periods).label(Topic.MONTH),
            CaseRow.channel.label(Topic.CHANNEL),
            CaseRow.language.label(Topic.LANGUAGE),
            _answer(periods.now).label(Topic.ANSWER),
        ]
        topics = [Topic(column.name) for column in columns]
        cases = select(*columns)
        if periods.until is not None:
            cases = cases.where(CaseRow.opened_at < periods.until)
        # Computed in a subquery: the parameters of an expression repeated in GROUP BY would make it another one.
        of = cases.subquery()
        rows = self._session.execute(select(*of.c, func.count()).group_by(*of.c))
        found: dict[Topic, Counter[str]] = defaultdict(Counter)
        for row in rows:
            for topic, key in zip(topics, row, strict=False):
                found[topic][key] += row[-1]
        # Months from the first with a case to the newest, those without one included.
        months = [key for key, _ in periods.months()]
        while months and not found[Topic.MONTH][months[-1]] and not found[Topic.MONTH][EARLIER]:
            months.pop()
        if found[Topic.MONTH][EARLIER]:
            months.append(EARLIER)
        by_month = {key: found[Topic.MONTH][key] for key in reversed(months)}
        return {topic: by_month if topic is Topic.MONTH else found[topic] for topic in topics}

    def parties(self, least: int, limit: int) -> list[Party]:
        """The institutions that at least so many cases are about, most first."""
        count = func.count()
        rows = self._session.execute(
            select(count, func.max(MarkRow.case_id))
            .where(MarkRow.shared == Shared.PARTY)
            .group_by(MarkRow.mark)
            .having(count >= least)
            .order_by(count.desc(), func.max(MarkRow.case_id).desc())
            .limit(limit)
        )
        return [Party(number, example_id) for number, example_id in rows]

    def name_of(self, party: Party) -> str:
        """The institution's name, as the newest case writes it."""
        return self._session.execute(select(CaseRow.against).where(CaseRow.id == party.example_id)).scalar_one()

    def index_pending(self, limit: int) -> int:
        """Bring at most so many new or changed cases into the index."""
        return case_index.index_pending(self._session, limit)

    def log_access(self, actor: StaffActor, what: str, case_id: int | None, at: datetime) -> None:
        """Write down that a member of staff read personal data."""
        access_log.append(self._session, actor.id, what, case_id, at)


def _age(periods: Periods) -> ColumnElement[str]:
    *younger, (oldest, _) = periods.ages()
    return case(*((CaseRow.opened_at > after, literal(str(age))) for age, after in younger), else_=literal(str(oldest)))


def _month(periods: Periods) -> ColumnElement[str]:
    return case(*((CaseRow.opened_at >= begun, literal(key)) for key, begun in periods.months()), else_=EARLIER)


def _answer(now: datetime) -> ColumnElement[str]:
    due, given = CaseRow.first_due_at, CaseRow.answered_at
    return case(
        (due.is_(None), literal(str(FirstAnswer.NONE))),
        (and_(given.is_(None), CaseRow.status == Status.WITHDRAWN), literal(str(FirstAnswer.NONE))),
        (given <= due, literal(str(FirstAnswer.ON_TIME))),
        (or_(given.is_not(None), due <= now), literal(str(FirstAnswer.LATE))),
        else_=literal(str(FirstAnswer.PENDING)),
    )
