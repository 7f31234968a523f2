"""Decoding in a process of its own: a file that hangs, swells or breaks a decoder takes nothing else with it.

The child reads the file from its standard input and writes one line of JSON, then the pages one after another. It gets
no environment, and nothing of the file touches a disk.
"""

import json
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.evidence.accepting import accept, check_size
from bot.evidence.limits import AT_ONCE, WAIT_SECONDS, WORK_MEMORY, WORK_SECONDS
from bot.evidence.model import Accepted, FileKind, Refusal, RefusedFileError, tidy_name

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-s", "-m", "bot.evidence")
_at_work = threading.BoundedSemaphore(AT_ONCE)


def accept_isolated(content: bytes, declared_name: str = "", seconds: float = WAIT_SECONDS) -> Accepted:
    """``accept`` in another process, within limits of time and memory. Raises ``RefusedFileError``. Blocks."""
    check_size(content)
    with _at_work:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
                _COMMAND, input=content, capture_output=True, timeout=seconds, check=False, cwd=_ROOT, env={}
            )
        except subprocess.TimeoutExpired:
            raise RefusedFileError(Refusal.UNREADABLE) from None
    if done.returncode != 0:
        raise RefusedFileError(Refusal.UNREADABLE)
    line, _, rest = done.stdout.partition(b"\n")
    told = json.loads(line)
    if "refusal" in told:
        raise RefusedFileError(Refusal(told["refusal"]))
    pages, at = [], 0
    for size in told["sizes"]:
        pages.append(rest[at : at + size])
        at += size
    return Accepted(
        FileKind(told["kind"]), told["media_type"], tuple(pages), tidy_name(declared_name), told["digest"]
    )  # fmt: skip


def work(source: BinaryIO, target: BinaryIO) -> None:
    """What the child does."""
    _limit()
    try:
        taken = accept(source.read())
    except RefusedFileError as refused:
        target.write(json.dumps({"refusal": refused.reason}).encode() + b"\n")
        return
    told = {
        "kind": taken.kind,
        "media_type": taken.media_type,
        "digest": taken.digest,
        "sizes": [len(page) for page in taken.pages],
    }
    target.write(json.dumps(told).encode() + b"\n" + b"".join(taken.pages))


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, WORK_MEMORY),
        (resource.RLIMIT_CPU, WORK_SECONDS),
        # Neither files nor a picture of the memory are ever written.
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system knows every limit; the limit of time holds in any case.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
