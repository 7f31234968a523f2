"""The key of Rasa's tracker store. The store itself seals its rows anew and drops keys that nothing uses."""

import base64
import os
import secrets
from pathlib import Path

TRACKER_FILE = "tracker.key"
_ID_BYTES = 4
_KEY_BYTES = 32


def rotate_tracker_key(keys_dir: Path) -> bool:
    """Put a new tracker key in force; ``False`` when Rasa has made none yet. The running store notices by itself.

    The file is lines of ``id key``, the last in force; a file of exactly 32 bytes is one key from before.
    """
    file = keys_dir / TRACKER_FILE
    if not file.exists():
        return False
    content = file.read_bytes()
    if len(content) == _KEY_BYTES:
        # The id 00000000 stands for the one key that names itself in no value.
        content = _line(bytes(_ID_BYTES), content)
    content += _line(secrets.token_bytes(_ID_BYTES), secrets.token_bytes(_KEY_BYTES))
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    return True


def _line(key_id: bytes, key: bytes) -> bytes:
    return f"{key_id.hex()} {base64.b64encode(key).decode()}\n".encode()
