"""From a file somebody sends to what is kept of it for them; every gateway stands on it."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.complaints import Evidence, EvidenceItem, TooManyFilesError
from bot.evidence import Accepted, RefusedFileError, accept_isolated

MOST = 20
WINDOW = timedelta(hours=1)
"""So many files of one conversation in this time, taken or refused: each costs seconds of work."""
_REMEMBERED = 5000

Accept = Callable[[bytes, str], Accepted]
Clock = Callable[[], datetime]


class NotKeptError(Exception):
    """A file was not kept. The wording of ``gateway_problem_file_<reason>`` says why, and what works."""

    def __init__(self, reason: str, retry_seconds: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_seconds = retry_seconds


class Uploads:
    """Takes files in."""

    def __init__(
        self, evidence: Evidence, sender_of: Callable[[str], str], clock: Clock, accept: Accept = accept_isolated
    ) -> None:
        self._evidence = evidence
        self._sender_of = sender_of
        self._clock = clock
        self._accept = accept
        self._recent: OrderedDict[str, deque[datetime]] = OrderedDict()

    async def keep(self, conversation_id: str, content: bytes, name: str) -> EvidenceItem:
        """Keep a file for a conversation; no case has it yet. Raises ``NotKeptError``, and nothing else is lost."""
        self._keep_pace(conversation_id)
        try:
            accepted = await asyncio.to_thread(self._accept, content, name)
            return await asyncio.to_thread(self._evidence.keep, self._sender_of(conversation_id), accepted)
        except RefusedFileError as error:
            raise NotKeptError(error.reason) from None
        except TooManyFilesError:
            raise NotKeptError("too_many_files") from None

    def _keep_pace(self, conversation_id: str) -> None:
        now = self._clock()
        recent = self._recent.pop(conversation_id, deque())
        while recent and recent[0] <= now - WINDOW:
            recent.popleft()
        self._recent[conversation_id] = recent
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        if len(recent) >= MOST:
            raise NotKeptError("too_often", max(1, int((recent[0] + WINDOW - now).total_seconds())))
        recent.append(now)
