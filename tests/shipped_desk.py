"""The desk's packs as they are shipped, read once for whichever test needs them."""

from bot.complaints.promises import Promises
from bot.content.desk import load_desk
from bot.settings import ROOT

DESK = load_desk(ROOT / "data" / "desk")
PROMISES = Promises(DESK)
