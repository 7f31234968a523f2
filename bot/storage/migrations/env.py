"""Alembic's entry: the connection comes from ``bot.storage.migrate``."""

from alembic import context

from bot.storage.migrate import all_tables

context.configure(connection=context.config.attributes["connection"], target_metadata=all_tables())
with context.begin_transaction():
    context.run_migrations()
