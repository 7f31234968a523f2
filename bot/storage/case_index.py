"""The index over sealed texts: keyed hashes of words to search by, and of what cases share.

Nothing is ever decrypted to disk. Filing does not wait for the index: a new or changed case is put down as pending in
its own transaction and brought in later, by the console in the background or by the next search.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Row, delete, exists, insert, select, text
from sqlalchemy.orm import Session, aliased

from bot.complaints.likeness import Keyed, Mark, marks_of, party_mark
from bot.complaints.search import asked_terms, says, terms_of
from bot.storage.base import keys_of
from bot.storage.case_rows import answers_of
from bot.storage.casework_tables import MarkRow, PendingIndexRow, TermRow
from bot.storage.complaint_tables import CaseRow, MessageRow, NoteRow

MOST_CANDIDATES = 400
"""How many cases one search opens at most, newest first; more than that and the handler is asked for more words.

Opening is what a search spends its time on: ``bench.desk`` holds it to 150 ms.
"""

_TERM_BYTES = 2
_MARK_BYTES = 8
# Columns and no objects: a search reads hundreds of cases and changes none.
_SAID = (
    CaseRow.id,
    CaseRow.story,
    CaseRow.against,
    CaseRow.happened,
    CaseRow.amount,
    CaseRow.wish,
    CaseRow.answers,
)

_MOST_TERMS = 12
"""More words than this do not narrow a search any further; the texts are read again anyway."""


def put_down(session: Session, case_id: int) -> None:
    """Note that a case's words changed."""
    # Waits for an indexer that is just taking the note away, so that no change is lost between the two.
    session.execute(
        text(
            "INSERT INTO complaint_index_pending (case_id) VALUES (:id)"
            " ON CONFLICT (case_id) DO UPDATE SET case_id = excluded.case_id"
        ),
        {"id": case_id},
    )


def index_pending(session: Session, limit: int) -> int:
    """Bring at most so many cases up to date; how many it were. Cases somebody is changing wait for the next time."""
    rows = session.execute(
        select(*_SAID)
        .join(PendingIndexRow, PendingIndexRow.case_id == CaseRow.id)
        .order_by(CaseRow.id.desc())
        .limit(limit)
        .with_for_update(of=CaseRow, skip_locked=True)
    ).all()
    if not rows:
        return 0
    ids = [row.id for row in rows]
    for table in (PendingIndexRow, TermRow, MarkRow):
        session.execute(delete(table).where(table.case_id.in_(ids)))
    texts = _texts(session, rows)
    keyed = _keyed(session)
    terms = [
        {"term": term, "case_id": case_id}
        for case_id, said in texts.items()
        for term in sorted({_term(keyed, word) for word in terms_of(said)})
    ]
    marks = [
        {"shared": mark.shared, "mark": mark.value, "case_id": row.id}
        for row in rows
        for mark in marks_of(row.story, row.against, keyed)
    ]
    if terms:
        session.connection().execute(insert(TermRow), terms)
    if marks:
        session.connection().execute(insert(MarkRow), marks)
    return len(ids)


def find(session: Session, asked: str) -> tuple[list[int], bool]:
    """The cases whose texts say what was asked, and whether there were more than were read."""
    keyed = _keyed(session)
    terms = sorted({_term(keyed, word) for word in asked_terms(asked)})[:_MOST_TERMS]
    if not terms:
        return [], False
    first = aliased(TermRow)
    query = select(first.case_id).where(first.term == terms[0])
    for term in terms[1:]:
        query = query.where(exists().where(TermRow.term == term, TermRow.case_id == first.case_id))
    candidates = list(session.scalars(query.order_by(first.case_id.desc()).limit(MOST_CANDIDATES + 1)))
    is_cut = len(candidates) > MOST_CANDIDATES
    rows = session.execute(select(*_SAID).where(CaseRow.id.in_(candidates[:MOST_CANDIDATES]))).all()
    return [case_id for case_id, said in _texts(session, rows).items() if says(said, asked)], is_cut


def mark_of_party(session: Session, name: str) -> Mark | None:
    """The mark of an institution's name."""
    return party_mark(name, _keyed(session))


def _texts(session: Session, rows: Iterable[Row[int, str, str, str, str, str, str | None]]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        answers = (answer.text for answer in answers_of(row.answers))
        texts[row.id] += (row.story, row.against, row.happened, row.amount, row.wish, *answers)
    for table in (MessageRow, NoteRow):
        for case_id, said in session.execute(select(table.case_id, table.text).where(table.case_id.in_(texts))):
            texts[case_id].append(said)
    return texts


def _keyed(session: Session) -> Keyed:
    key = keys_of(session.get_bind().dialect).derive("case index")
    return lambda value: int.from_bytes(hmac.digest(key, value.encode(), hashlib.sha256)[:_MARK_BYTES])


def _term(keyed: Keyed, word: str) -> int:
    return keyed(f"term\0{word}") >> 8 * (_MARK_BYTES - _TERM_BYTES)
