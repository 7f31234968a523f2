"""The Telegram gateway: python-telegram-bot at the edge, the conversation service behind."""

import os

# The library's times become timedeltas in its next major version; ask for them now, or each use warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
