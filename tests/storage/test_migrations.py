"""The migrations lead to the shape the code expects, and back."""

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from bot.storage.migrate import all_tables, downgrade, upgrade


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_newest_shape_is_what_the_code_expects(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, all_tables()) == []


def test_up_down_up(empty_engine: Engine):
    upgrade(empty_engine)
    shape = tables(empty_engine)
    assert {"complaints", "staff", "outbox", "access_log"} <= shape
    downgrade(empty_engine, "base")
    assert tables(empty_engine) == set()
    upgrade(empty_engine)
    assert tables(empty_engine) == shape


def test_several_processes_may_upgrade_at_once(empty_engine: Engine):
    with ThreadPoolExecutor(3) as pool:
        for upgraded in [pool.submit(upgrade, empty_engine) for _ in range(3)]:
            upgraded.result()
    assert "complaints" in tables(empty_engine)
