"""What a backup is on disk: one archive with the database, one file with the wrapped data keys, one with secret keys.

The archive holds the database without its data keys. They go into a file of their own, of which only the newest is
needed: it opens every older archive, but for cases that were deleted since. None of this can be read without the
master key, which goes only into the third file.
"""

import base64
import io
import json
import os
import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.storage.keys import KEY_FILES, RETIRED_FILE

DATABASE = "database"
_MANIFEST = "manifest.json"
_FORMAT = 1
_SECRETS = (*KEY_FILES, RETIRED_FILE, "tracker.key")


class BackupError(RuntimeError):
    """A backup cannot be made or put in place. The message is for an operator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, to check a restored copy against."""

    engine: str
    created_at: datetime
    counts: dict[str, int]
    """Rows of each table."""
    audit_entries: int
    audit_head: str


@dataclass(frozen=True, slots=True)
class DataKeysFile:
    """Every data key of a database, wrapped, at one moment; also those that are shredded."""

    created_at: datetime
    rows: list[dict[str, Any]]

    @property
    def unshredded(self) -> set[int]:
        """Ids of the keys that are there."""
        return {row["id"] for row in self.rows if row["wrapped"] is not None}


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A file beside ``file`` to write into, for its owner only; takes its place when all went well."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield fresh
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def pack(file: Path, manifest: Manifest, database: Path) -> None:
    """Write the archive."""
    described = asdict(manifest) | {"format": _FORMAT, "created_at": manifest.created_at.isoformat()}
    text = json.dumps(described, indent=1).encode()
    with replacing(file) as fresh, tarfile.open(fresh, "w") as archive:
        entry = tarfile.TarInfo(_MANIFEST)
        entry.size = len(text)
        entry.mode = 0o600
        archive.addfile(entry, io.BytesIO(text))
        archive.add(database, DATABASE, recursive=False)


def unpack(file: Path, folder: Path) -> Manifest:
    """Put the database of an archive into a folder. Raises ``BackupError``."""
    try:
        with tarfile.open(file, "r:") as archive:
            for name in (_MANIFEST, DATABASE):
                archive.extract(name, folder, filter="data")
        read = json.loads((folder / _MANIFEST).read_text())
        if read.pop("format") != _FORMAT:
            raise BackupError(f"{file} was made by another version of Mingbai")
        (folder / DATABASE).chmod(0o600)
        return Manifest(**read | {"created_at": datetime.fromisoformat(read["created_at"])})
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{file} is no backup of Mingbai, or is damaged") from error


def write_data_keys(file: Path, keys: DataKeysFile) -> None:
    """Write the data keys in place of those of before. Refuses to lose a key that was not shredded on purpose."""
    known = {row["id"] for row in keys.rows}
    if file.exists() and not read_data_keys(file).unshredded <= known:
        raise BackupError(
            f"{file} holds keys that this database has never had. It belongs to another database: choose another file "
            "with --data-keys, or move it away if those backups are not needed any more."
        )
    lines = [json.dumps({"format": _FORMAT, "created_at": keys.created_at.isoformat()})]
    lines += [json.dumps(_row_out(row)) for row in keys.rows]
    with replacing(file) as fresh:
        fresh.write_text("\n".join(lines) + "\n", encoding="ascii")


def read_data_keys(file: Path) -> DataKeysFile:
    """The data keys again. Raises ``BackupError``."""
    try:
        first, *rest = file.read_text(encoding="ascii").splitlines()
        head = json.loads(first)
        if head["format"] != _FORMAT:
            raise BackupError(f"{file} was made by another version of Mingbai")
        return DataKeysFile(datetime.fromisoformat(head["created_at"]), [_row_in(json.loads(line)) for line in rest])
    except FileNotFoundError as error:
        raise BackupError(f"{file} is missing: without the data keys nothing in the backup can be read") from error
    except (KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{file} holds no data keys, or is damaged") from error


def _row_out(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64encode(value).decode()
        if isinstance(value, bytes)
        else value.isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in row.items()
    }


def _row_in(row: dict[str, Any]) -> dict[str, Any]:
    moments = {name: datetime.fromisoformat(row[name]) for name in row if name.endswith("_at") and row[name]}
    wrapped = None if row["wrapped"] is None else base64.b64decode(row["wrapped"], validate=True)
    return row | moments | {"wrapped": wrapped}


def write_secret_keys(file: Path, keys_dir: Path) -> None:
    """Write the files that open everything."""
    with replacing(file) as fresh, tarfile.open(fresh, "w") as archive:
        for name in _SECRETS:
            if (keys_dir / name).exists():
                archive.add(keys_dir / name, name, recursive=False)


def put_secret_keys(file: Path, keys_dir: Path) -> None:
    """Put secret keys in place; what is there already must be the same. Raises ``BackupError``."""
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(file, "r:") as archive:
            held = {
                member.name: stream.read()
                for member in archive
                if member.name in _SECRETS and (stream := archive.extractfile(member)) is not None
            }
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{file} holds no keys of Mingbai, or is damaged") from error
    if not set(KEY_FILES) <= held.keys():
        raise BackupError(f"{file} holds no keys of Mingbai, or not all")
    for name in KEY_FILES:
        if (keys_dir / name).exists() and (keys_dir / name).read_bytes() != held[name]:
            raise BackupError(f"{keys_dir / name} is another key than that in {file}; move it away first")
    for name, content in held.items():
        if not (keys_dir / name).exists():
            with replacing(keys_dir / name) as fresh:
                fresh.write_bytes(content)
