"""What is stored of a receipt."""

from argon2.low_level import Type, hash_secret_raw

from bot.storage.keys import KeyRing

_SALT_BYTES = 16
_HASH_BYTES = 32
_MEMORY_KIB = 47_104
_ROUNDS = 2
"""One round more than OWASP's minimum at 46 MiB; about a tenth of a second."""


class Argon2ReceiptHasher:
    """Argon2id with a secret salt of our own: one look-up costs one hash, and a stolen table cannot be searched."""

    def __init__(self, keys: KeyRing, *, memory_kib: int = _MEMORY_KIB, rounds: int = _ROUNDS) -> None:
        self._salt = keys.derive("receipt salt")[:_SALT_BYTES]
        self._memory_kib = memory_kib
        self._rounds = rounds

    def hash(self, receipt: str) -> str:
        """The same for the same receipt; the parameters stand before it."""
        digest = hash_secret_raw(
            receipt.encode("ascii"),
            self._salt,
            time_cost=self._rounds,
            memory_cost=self._memory_kib,
            parallelism=1,
            hash_len=_HASH_BYTES,
            type=Type.ID,
        )
        return f"{self._memory_kib}.{self._rounds}.{digest.hex()}"
