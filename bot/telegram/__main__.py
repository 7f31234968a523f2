"""``python -m bot.telegram``, which ``./mingbai up`` starts when there is a token."""

from bot.settings import Settings
from bot.telegram.app import run

run(Settings())
