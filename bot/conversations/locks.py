"""One turn at a time in a conversation, and a wake-up for those who listen, within one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class NamedLocks:
    """A lock for each name; it lives as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        """Wait in line, then hold."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._users[name] = self._users.get(name, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name], self._locks[name]

    def __len__(self) -> int:
        return len(self._locks)


class Bells:
    """Wakes listeners of a conversation at once; across processes they find out at their next look."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    def ring(self, name: str) -> None:
        """Something happened."""
        for bell in self._listeners.get(name, ()):
            bell.set()

    @asynccontextmanager
    async def listening(self, name: str) -> AsyncIterator["Listener"]:
        """Hear every ring from here on."""
        bell = asyncio.Event()
        self._listeners.setdefault(name, set()).add(bell)
        try:
            yield Listener(bell)
        finally:
            self._listeners[name].discard(bell)
            if not self._listeners[name]:
                del self._listeners[name]

    def listeners(self, name: str) -> int:
        """How many listen."""
        return len(self._listeners.get(name, ()))


class Listener:
    """Waits for the next ring."""

    def __init__(self, bell: asyncio.Event) -> None:
        self._bell = bell

    async def wait(self, seconds: float) -> None:
        """Until a ring, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), seconds)
        self._bell.clear()
