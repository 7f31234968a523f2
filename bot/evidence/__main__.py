"""The child that ``accept_isolated`` starts."""

import sys

from bot.evidence.isolated import work

work(sys.stdin.buffer, sys.stdout.buffer)
