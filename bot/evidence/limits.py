"""How much is taken. Decisions of this project, told to people in the refusals (``data/wording/evidence.yml``)."""

from datetime import timedelta

MAX_BYTES = 10 * 1024 * 1024
"""Of one file as it is sent; the picture of any phone fits."""
MAX_UNCLAIMED = 5
"""Files of one person that belong to no case yet."""
MAX_IN_CASE = 20
KEPT_UNCLAIMED = timedelta(days=7)
"""Files that never came into a case are deleted after this."""

MAX_PIXELS = 64_000_000
"""More than the cameras of phones are set to; a decompression bomb has hundreds of millions."""
LONG_SIDE = 2400
"""Pixels of the longer side of what is kept: a photographed page of a contract stays readable."""
MAX_PAGES = 20
MAX_LETTERS = 200_000
MAX_NAME = 60

WORK_SECONDS = 20
"""Of computing that one file may take; ``WAIT_SECONDS`` with all waiting, on a machine that is busy."""
WAIT_SECONDS = 60
WORK_MEMORY = 1536 * 1024 * 1024
"""Bytes."""
AT_ONCE = 2
"""Files worked on at the same time in one process."""
