"""Fills a desk with invented cases, many at once: sealed, audited and indexed as the product does it, only in bulk."""

import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from bot import audit as names
from bot.complaints import Kind, Status
from bot.complaints.model import Action, Author, Severity
from bot.complaints.promises import Promises
from bot.messages import Channel, Language
from bot.storage import audit
from bot.storage.base import Keyed, sealing_of
from bot.storage.case_index import index_pending
from bot.storage.casework_tables import PendingIndexRow, TagRow
from bot.storage.complaint_tables import CaseRow, EventRow, MessageRow, NoteRow, ReceiptRow
from bot.storage.data_keys import CASE, WRAPPED_AAD, DataKeys
from bot.storage.engine import session_factory
from bot.storage.key_tables import DataKeyRow
from bot.storage.keys import KEY_BYTES
from bot.storage.queue import tag_hash

_BATCH = 2000
_INDEXED_AT_ONCE = 4000
_DAYS = 700
_PAST = timedelta(minutes=30)
_SHARES = {
    Status.RECEIVED: 4, Status.TRIAGED: 3, Status.IN_PROGRESS: 6, Status.WAITING: 4,
    Status.RESOLVED: 50, Status.REFERRED: 15, Status.REJECTED: 10, Status.WITHDRAWN: 8,
}  # fmt: skip
_TAGS = ("催收", "老人", "学生", "村里", "电视台问过", "急", "保险", "juvenile")

_FIRST = "金诚聚惠易融鑫隆恒昌盛丰汇通达信宝顺捷安康瑞祥"
_SECOND = ["小贷", "消费金融", "融资担保", "普惠", "快借", "分期", "信用管理", "商务咨询"]
_PEOPLE = ["我妈", "我爸", "我老婆", "邻居", "村支书", "单位领导", "我姐", "同学群"]
_OPENINGS = (
    "去年{month}月在{app}上借了{sum}块，到手只有{less}",
    "帮亲戚担保借了{sum}，他跑了现在找我",
    "手机上弹出来说给我{sum}的额度，点进去就放款了，我没签过合同",
    "买手机分期，业务员说零利息，结果{terms}期下来多还了{less}",
    "在{app}借{sum}，说好月息八厘，账单一算远不止",
    "I borrowed {sum} through an app and only {less} reached my card",
    "They promised no interest over {terms} months and the bill says otherwise",
)
_MIDDLES = (
    "每天打{times}个电话给{who}，嘴里不干净",
    "短信里写要上门泼油漆，号码是1{nine}",
    "让我先交{less}的保证金，说不交就冻结账户",
    "还搭了一份意外险，每月扣{fee}块，没人问过我",
    "客服换了{times}个人，谁也说不清钱去哪了",
    "征信上多了一笔逾期，可我早就还清了",
    "让我加微信 wx{nine} 才给办，语气很急",
    "链接是 http://www.hk{terms}{fee}.com/pay 不敢再点",
    "They rang my mother {times} times in one day and swore at her",
    "A number 1{nine} keeps texting that they will come to the house",
)
_CLOSINGS = (
    "我种了两亩地，实在拿不出这么多",
    "孩子看见短信吓得不敢上学",
    "跟他们说可以慢慢还，不理",
    "我不识字，合同是他们念给我听的",
    "现在每个月还{fee}，不知道还到哪天",
    "镇上好几户都遇到了一样的事",
    "I asked for the contract twice and got nothing",
    "Nobody told me about the fee of {fee} a month",
)
_WISHES = ("别再打给家里人", "把多收的退回来", "给我一份合同", "把征信改过来", "stop the calls", "我想知道该怎么办")
_ANSWERS = (
    "您好，我们已经把情况转给对方，请先不要再转账。",
    "请把合同和还款记录留好，我们帮您算一遍。",
    "We have written to them. Keep every message they send.",
)
_WRITTEN = ("他们今天又打来了，换了个号", "合同找到了，怎么给你们看", "I paid another 300 yesterday, was that wrong?")
_NOTES = ("打过电话，没人接", "合同利率与账单不符，算过", "Same lender as three other cases this month")


def fill(engine: Engine, promises: Promises, staff_ids: list[int], count: int, now: datetime) -> None:
    """Put ``count`` cases into an empty desk. The same cases each time, but for keys and receipts."""
    draw = random.Random(20260302)  # noqa: S311 - invented cases, no secrets
    for first in range(1, count + 1, _BATCH):
        ids = range(first, min(first + _BATCH, count + 1))
        keys = _make_keys(engine, ids)
        _write(engine, _Batch(draw, promises, staff_ids, now), dict(zip(ids, keys, strict=True)), count)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            next_id = "SELECT setval(pg_get_serial_sequence('complaints', 'id'), :last)"
            connection.execute(text(next_id), {"last": count})
    sessions = session_factory(engine)
    done = _INDEXED_AT_ONCE
    while done == _INDEXED_AT_ONCE:
        with sessions.begin() as session:
            done = index_pending(session, _INDEXED_AT_ONCE)


def settle(engine: Engine) -> None:
    """Let the database learn what it holds, as it does by itself in a running desk."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
        return
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def hurry(engine: Engine) -> None:
    """Do not wait for the disk while filling; only for engines that are thrown away after it."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _hurry(connection: Any, _record: object) -> None:
            for pragma in ("synchronous=OFF", "cache_size=-400000", "secure_delete=OFF"):
                connection.execute(f"PRAGMA {pragma}")


def _make_keys(engine: Engine, ids: range) -> list[int]:
    sealing: DataKeys = sealing_of(engine.dialect)
    began = time.time_ns() // 1_000_000 - 10_000_000
    rows = [
        {
            "id": (began + number << 22) | secrets.randbits(22),
            "purpose": CASE,
            "generation": 1,
            "wrapped": sealing.ring.seal(secrets.token_bytes(KEY_BYTES), WRAPPED_AAD),
            "created_at": datetime.now(UTC),
        }
        for number in ids
    ]
    # Committed before anything is sealed under them: keys are read through connections of their own.
    with engine.begin() as connection:
        connection.execute(insert(DataKeyRow), rows)
    return [row["id"] for row in rows]


def _write(engine: Engine, batch: "_Batch", keys: dict[int, int], count: int) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {}
    for case_id, key in keys.items():
        for table, row in batch.case(case_id, key, count):
            rows.setdefault(table, []).append(row)
    with session_factory(engine).begin() as session:
        for table in (CaseRow, MessageRow, NoteRow, EventRow, ReceiptRow, PendingIndexRow):
            session.connection().execute(insert(table), rows[table])
        _put_tags(session, rows[TagRow])
        for row in rows[CaseRow]:
            told = {"to": Status.RECEIVED}
            audit.append(session, names.RESIDENT, "case.filed", names.case(row["id"]), row["opened_at"], told)


def _put_tags(session: Session, rows: list[dict[str, Any]]) -> None:
    hashes = {tag: tag_hash(session, tag) for tag in _TAGS}
    session.connection().execute(
        insert(TagRow), [row | {"tag_hash": hashes[row["tag"]]} for row in rows]
    )  # fmt: skip


class _Batch:
    """Invents cases."""

    def __init__(self, draw: random.Random, promises: Promises, staff_ids: list[int], now: datetime) -> None:
        self._draw, self._promises, self._staff_ids, self._now = draw, promises, staff_ids, now

    def case(self, case_id: int, key: int, count: int) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The rows of one case, by table. The higher its number, the later it was filed."""
        draw = self._draw
        age = timedelta(days=_DAYS) * (count - case_id) / count
        opened = self._now - age - _PAST
        status = draw.choices(list(_SHARES), list(_SHARES.values()))[0]
        staff = None if status is Status.RECEIVED and self._chance(80) else draw.choice(self._staff_ids)
        kind = draw.choice([kind for kind in Kind if kind is not Kind.REVIEW])
        unanswered = staff is None or self._chance(30)
        due = self._promises.due(kind, status, unanswered=unanswered, opened_at=opened, now=opened, owed=None)
        party = self._party()
        yield CaseRow, {
            "id": case_id, "version": 1, "draft_hash": secrets.token_hex(32), "kind": kind, "status": status,
            "language": Language.ZH, "channel": draw.choice((Channel.WEB, Channel.TELEGRAM)),
            "sender": secrets.token_hex(16), "opened_at": opened, "updated_at": opened + _PAST,
            "assignee_id": staff, "unanswered": unanswered, "key_id": key,
            "story": Keyed(self._story(party), key), "against": Keyed(party, key),
            "happened": Keyed(f"{draw.randint(1, 12)}月", key), "amount": Keyed(f"{draw.randint(3, 90)}000元", key),
            "wish": Keyed(draw.choice(_WISHES), key),
            "contact": Keyed(f"139{draw.randrange(10**8):08}", key) if self._chance(40) else None,
            "due_at": due, "first_due_at": due, "answered_at": None if unanswered else opened + _PAST,
            "severity": draw.choices((None, Severity.HIGH, Severity.URGENT), (90, 8, 2))[0],
        }  # fmt: skip
        yield PendingIndexRow, {"case_id": case_id}
        # Not Argon2's: nobody looks these up, and a hundred thousand would take hours.
        yield ReceiptRow, {"receipt_hash": f"0.0.{secrets.token_hex(32)}", "case_id": case_id, "issued_at": opened}
        yield EventRow, _event(case_id, Action.FILED, opened, None, Status.RECEIVED)
        if self._chance(15):
            yield TagRow, {"case_id": case_id, "tag": Keyed(draw.choice(_TAGS), key)}
        if staff is None:
            return
        yield EventRow, _event(case_id, Action.TAKEN, opened + _PAST, staff, None)
        yield EventRow, _event(case_id, Action.MOVED, opened + _PAST, staff, status)
        for number in range(draw.choice((1, 1, 2, 3, 6))):
            at = opened + _PAST * (number + 1)
            author = Author.STAFF if number % 2 == 0 else Author.RESIDENT
            words = Keyed(draw.choice(_ANSWERS if author is Author.STAFF else _WRITTEN), key)
            who = staff if author is Author.STAFF else None
            yield MessageRow, {"case_id": case_id, "author": author, "staff_id": who, "text": words, "at": at}
        if self._chance(40):
            words = Keyed(draw.choice(_NOTES), key)
            yield NoteRow, {"case_id": case_id, "staff_id": staff, "text": words, "at": opened}

    def _chance(self, percent: int) -> bool:
        return self._draw.randrange(100) < percent

    def _party(self) -> str:
        # A few names are in most complaints, as it is.
        number = min(int(self._draw.paretovariate(0.7)), 400)
        first, second = divmod(number, len(_SECOND))
        return _FIRST[first % len(_FIRST)] + _FIRST[number * 7 % len(_FIRST)] + _SECOND[second]

    def _story(self, party: str) -> str:
        draw = self._draw
        parts = [draw.choice(_OPENINGS), *draw.sample(_MIDDLES, draw.randint(1, 4)), draw.choice(_CLOSINGS)]
        return "，".join(parts).format(
            month=draw.randint(1, 12), app=party, sum=draw.randint(3, 90) * 1000, less=draw.randint(2, 70) * 95,
            terms=draw.choice((6, 12, 24, 36)), times=draw.randint(3, 40), who=draw.choice(_PEOPLE),
            nine=f"3{draw.randrange(10**9):09}", fee=draw.randint(15, 1900),
        )  # fmt: skip


def _event(case_id: int, action: Action, at: datetime, staff: int | None, to: Status | None) -> dict[str, Any]:
    return {
        "case_id": case_id, "action": action, "staff_id": staff, "assignee_id": None, "from_status": None,
        "to_status": to, "reason": None, "at": at,
    }  # fmt: skip
