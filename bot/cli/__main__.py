"""``python -m bot.cli``, which the ``mingbai`` launcher calls."""

from bot.cli.main import cli

cli(prog_name="./mingbai")
