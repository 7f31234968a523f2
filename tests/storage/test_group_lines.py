"""What keeps a group from hearing the same thing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from bot.storage.engine import make_engine, reader_factory, session_factory
from bot.storage.group_line_tables import GroupLineRow
from bot.storage.group_lines import KEPT, GroupLines


@pytest.fixture
def lines(engine: Engine) -> GroupLines:
    return GroupLines(session_factory(engine))


def test_once_for_each_text_and_group(lines, clock):
    assert lines.claim("-1", "先交保证金", clock())
    assert not lines.claim("-1", "先交保证金", clock())
    assert lines.claim("-2", "先交保证金", clock())
    assert lines.claim("-1", "先交会员费", clock())


def test_a_restart_forgets_nothing(lines, clock, database_url, keys):
    assert lines.claim("-1", "先交保证金", clock())
    started_anew = make_engine(database_url, keys)
    try:
        assert not GroupLines(session_factory(started_anew)).claim("-1", "先交保证金", clock())
    finally:
        started_anew.dispose()


def test_it_ends_and_leaves_nothing_behind(lines, clock, engine: Engine):
    assert lines.claim("-1", "先交保证金", clock())
    clock.advance(days=29)
    assert not lines.claim("-1", "先交保证金", clock())
    clock.advance(seconds=(KEPT - timedelta(days=29)).total_seconds())
    assert lines.claim("-1", "别的话", clock())
    with reader_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(GroupLineRow)) == 1
    assert lines.claim("-1", "先交保证金", clock())


def test_one_of_many_at_once_may_speak(lines, clock):
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda _: lines.claim("-1", "先交保证金", clock.now), range(8)))
    assert sorted(claimed) == [False] * 7 + [True]


def test_neither_text_nor_group_can_be_read_or_guessed_from_the_row(lines, clock, engine: Engine, keys):
    lines.claim("-100123", "先交保证金", clock())
    with reader_factory(engine)() as session:
        [row] = session.scalars(select(GroupLineRow)).all()
    assert row.line_hash == keys.lookup_hash("group line", "-100123\0先交保证金")
    assert len(row.line_hash) == 64
