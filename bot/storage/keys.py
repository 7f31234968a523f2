"""The secret keys that live in files beside the database, never in it.

``master.key`` wraps the data keys that seal text at rest (``bot.storage.data_keys``), ``lookup.key`` hashes look-ups,
``sender.key`` names conversations to Rasa. The files have mode 600. Losing ``master.key`` means losing every sealed
text; ``docs/operating.md`` says to back the folder up apart from the database.
"""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MASTER_FILE = "master.key"
RETIRED_FILE = "master.retired.key"
"""Master keys that wrap nothing any more. Nothing reads it; it opens data-key files saved before a rotation."""
KEY_FILES = (MASTER_FILE, "lookup.key", "sender.key")
KEY_BYTES = 32
NONCE_BYTES = 12
_FORMER_MASTER_FILE = "sealing.key"
_FORMAT = b"\x01"
_ID_BYTES = 4
_HEADER_BYTES = len(_FORMAT) + _ID_BYTES + NONCE_BYTES


class KeyFileError(RuntimeError):
    """A key file is unreadable, malformed or open to other users. The message names the file."""


class SealBrokenError(RuntimeError):
    """A sealed value was changed, belongs to another column, or its key is gone. Never says anything of the content."""


@dataclass(slots=True)
class KeyRing:
    """All keys of one running copy. Master keys are known by id; the last one wraps, all of them open."""

    masters: dict[bytes, bytes] = field(repr=False)
    lookup: bytes = field(repr=False)
    sender: bytes = field(repr=False)
    _file: Path | None = field(default=None, repr=False, compare=False)
    _seen: tuple[int, int] = field(default=(0, 0), repr=False, compare=False)

    @classmethod
    def load_or_create(cls, keys_dir: Path) -> "KeyRing":
        """Read the keys, making those that do not exist yet. Safe when several processes start at once."""
        keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        masters = keys_dir / MASTER_FILE
        if not masters.exists():
            with suppress(FileNotFoundError):
                (keys_dir / _FORMER_MASTER_FILE).rename(masters)
        return cls(
            masters=_ring(masters),
            lookup=_single(keys_dir / "lookup.key"),
            sender=_single(keys_dir / "sender.key"),
            _file=masters,
            _seen=_stamp(masters),
        )

    @classmethod
    def ephemeral(cls) -> "KeyRing":
        """A ring that is never written down, for tests."""
        return cls(
            {secrets.token_bytes(_ID_BYTES): secrets.token_bytes(KEY_BYTES)},
            secrets.token_bytes(KEY_BYTES),
            secrets.token_bytes(KEY_BYTES),
        )

    def refresh(self) -> None:
        """Take over the master keys of a rotation that happened since they were read. Costs one look at the file."""
        if self._file is not None and (seen := _stamp(self._file)) != self._seen:
            self.masters, self._seen = _ring(self._file), seen

    @property
    def master_id(self) -> bytes:
        """The id of the master key in force."""
        return next(reversed(self.masters))

    def seal(self, value: bytes, aad: str) -> bytes:
        """Encrypt and authenticate under the master key in force. ``aad`` names the column the value belongs to."""
        key_id = self.master_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        return _FORMAT + key_id + nonce + AESGCM(self.masters[key_id]).encrypt(nonce, value, _bound(key_id, aad))

    def open(self, sealed: bytes, aad: str) -> bytes:
        """The value again. Raises ``SealBrokenError``."""
        key_id = master_of(sealed)
        if key_id is not None and key_id not in self.masters:
            self.refresh()
        key = None if key_id is None else self.masters.get(key_id)
        if key_id is None or key is None:
            raise SealBrokenError(f"no key opens this value of {aad}")
        nonce = sealed[len(_FORMAT) + _ID_BYTES : _HEADER_BYTES]
        try:
            return AESGCM(key).decrypt(nonce, sealed[_HEADER_BYTES:], _bound(key_id, aad))
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


def master_of(sealed: bytes) -> bytes | None:
    """The id of the master key that sealed a value; ``None`` when a data key did."""
    return sealed[len(_FORMAT) : len(_FORMAT) + _ID_BYTES] if sealed[: len(_FORMAT)] == _FORMAT else None


def sealed_by(master_id: bytes) -> bytes:
    """How every value sealed by this master key begins."""
    return _FORMAT + master_id


def add_master_key(keys_dir: Path) -> None:
    """Put a new master key in force. Running processes notice by themselves (``KeyRing.refresh``)."""
    file = keys_dir / MASTER_FILE
    _replace(file, _read(file) + _ring_line())


def retire_master_keys(keys_dir: Path, unused: set[bytes]) -> None:
    """Move master keys that wrap nothing out of use. They are kept in a file nothing reads: deleting is for people."""
    file = keys_dir / MASTER_FILE
    lines = _read(file).splitlines(keepends=True)
    retired = [line for line in lines if bytes.fromhex(line.partition(" ")[0]) in unused]
    if retired:
        archive = keys_dir / RETIRED_FILE
        # Written there before it goes from here: a crash in between leaves the key in both.
        _replace(archive, (_read(archive) if archive.exists() else "") + "".join(retired))
        _replace(file, "".join(line for line in lines if line not in retired))


def _stamp(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_ino, state.st_mtime_ns


def _replace(file: Path, text: str) -> None:
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    _write_new(fresh, text)
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bound(key_id: bytes, aad: str) -> bytes:
    return _FORMAT + key_id + aad.encode()


def _hmac(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _ring_line() -> str:
    return f"{secrets.token_hex(_ID_BYTES)} {_single_line()}"


def _single_line() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n"


def _ring(file: Path) -> dict[bytes, bytes]:
    ring: dict[bytes, bytes] = {}
    for line in _read_or_make(file, _ring_line).splitlines():
        key_id, _, key = line.partition(" ")
        ring[_decode(key_id, bytes.fromhex, _ID_BYTES, file)] = _decode(key, _from_base64, KEY_BYTES, file)
    if not ring:
        raise KeyFileError(f"{file} holds no key")
    return ring


def _single(file: Path) -> bytes:
    return _decode(_read_or_make(file, _single_line).strip(), _from_base64, KEY_BYTES, file)


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
