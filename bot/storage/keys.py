"""The secret keys: what seals text at rest, what hashes look-ups, what names conversations to Rasa.

They live in files of mode 600 beside the database, never in it. Losing ``sealing.key`` means losing every sealed text;
``docs/operating.md`` says to back the folder up apart from the database.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER_BYTES = len(_FORMAT) + _ID_BYTES + _NONCE_BYTES
_KEY_BYTES = 32


class KeyFileError(RuntimeError):
    """A key file is unreadable, malformed or open to other users. The message names the file."""


class SealBrokenError(RuntimeError):
    """A sealed value was changed, belongs to another column, or its key is gone. Never says anything of the content."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of one running copy. Sealing keys are known by id; the last one seals, all of them open."""

    sealing: dict[bytes, bytes] = field(repr=False)
    lookup: bytes = field(repr=False)
    sender: bytes = field(repr=False)

    @classmethod
    def load_or_create(cls, keys_dir: Path) -> "KeyRing":
        """Read the keys, making those that do not exist yet. Safe when several processes start at once."""
        keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            sealing=_ring(keys_dir / "sealing.key"),
            lookup=_single(keys_dir / "lookup.key"),
            sender=_single(keys_dir / "sender.key"),
        )

    @classmethod
    def ephemeral(cls) -> "KeyRing":
        """A ring that is never written down, for tests."""
        return cls(
            {secrets.token_bytes(_ID_BYTES): secrets.token_bytes(_KEY_BYTES)},
            secrets.token_bytes(_KEY_BYTES),
            secrets.token_bytes(_KEY_BYTES),
        )

    def seal(self, text: str, aad: str) -> bytes:
        """Encrypt and authenticate. ``aad`` names the column, so that a value cannot be moved to another one."""
        key_id, key = next(reversed(self.sealing.items()))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + key_id + nonce + AESGCM(key).encrypt(nonce, text.encode(), _bound(key_id, aad))

    def open(self, sealed: bytes, aad: str) -> str:
        """The text again. Raises ``SealBrokenError``."""
        key_id = sealed[len(_FORMAT) : len(_FORMAT) + _ID_BYTES]
        key = self.sealing.get(key_id)
        if sealed[: len(_FORMAT)] != _FORMAT or key is None:
            raise SealBrokenError(f"no key opens this value of {aad}")
        nonce = sealed[len(_FORMAT) + _ID_BYTES : _HEADER_BYTES]
        try:
            return AESGCM(key).decrypt(nonce, sealed[_HEADER_BYTES:], _bound(key_id, aad)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(f"a value of {aad} was changed or moved") from error

    def lookup_hash(self, purpose: str, value: str) -> str:
        """A keyed hash for finding a secret of high entropy (a token) or an address again without storing it."""
        return _hmac(self.lookup, purpose, value)

    def sender_id(self, conversation_id: str) -> str:
        """What Rasa knows a conversation as."""
        return _hmac(self.sender, "rasa sender", conversation_id)[:32]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte secret for one purpose, derived from the look-up key."""
        return hmac.digest(self.lookup, f"derive\0{purpose}".encode(), hashlib.sha256)


def rotate_sealing_key(keys_dir: Path) -> None:
    """Add a new sealing key: new values use it, old values stay readable. Running processes need a restart."""
    file = keys_dir / "sealing.key"
    lines = _read(file) + _ring_line()
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    _write_new(fresh, lines)
    fresh.replace(file)


def _bound(key_id: bytes, aad: str) -> bytes:
    return _FORMAT + key_id + aad.encode()


def _hmac(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _ring_line() -> str:
    return f"{secrets.token_hex(_ID_BYTES)} {_single_line()}"


def _single_line() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n"


def _ring(file: Path) -> dict[bytes, bytes]:
    ring: dict[bytes, bytes] = {}
    for line in _read_or_make(file, _ring_line).splitlines():
        key_id, _, key = line.partition(" ")
        ring[_decode(key_id, bytes.fromhex, _ID_BYTES, file)] = _decode(key, _from_base64, _KEY_BYTES, file)
    if not ring:
        raise KeyFileError(f"{file} holds no key")
    return ring


def _single(file: Path) -> bytes:
    return _decode(_read_or_make(file, _single_line).strip(), _from_base64, _KEY_BYTES, file)


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _decode(text: str, decode: Callable[[str], bytes], length: int, file: Path) -> bytes:
    try:
        value = decode(text)
    except ValueError as error:
        raise KeyFileError(f"{file} is damaged") from error
    if len(value) != length:
        raise KeyFileError(f"{file} is damaged")
    return value


def _read_or_make(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        _write_new(fresh, make())
        try:
            # A hard link appears whole or not at all, and the process that comes second keeps the first one's key.
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _read(file)


def _read(file: Path) -> str:
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"{file} is open to other users; run: chmod 600 {file}")
    return file.read_text(encoding="ascii")


def _write_new(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
