"""``mingbai backup`` and ``mingbai restore``."""

from pathlib import Path

import click

from bot.services import Services, now
from bot.settings import Settings
from bot.storage.backup import back_up
from bot.storage.backup import restore as put_in_place
from bot.storage.backup_files import BackupError, put_secret_keys, write_secret_keys
from bot.storage.keys import KEY_FILES, KeyFileError, KeyRing
from bot.storage.migrate import upgrade

_DATA_KEYS = "data-keys"


def backup(settings: Settings, file: Path, *, data_keys: Path | None, with_keys: Path | None) -> None:
    """Write the archive, the data keys, and with ``with_keys`` the secret keys."""
    data_keys = data_keys or file.with_name(_DATA_KEYS)
    services = Services(settings)
    try:
        upgrade(services.engine)
        manifest = back_up(services.engine, file, data_keys, now())
        if with_keys is not None:
            write_secret_keys(with_keys, settings.keys_dir)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    finally:
        services.close()
    click.echo(
        f"{file}: {manifest.counts.get('complaints', 0)} complaints, {sum(manifest.counts.values())} rows in all."
    )
    click.echo(f"{data_keys}: the data keys. Keep the newest one only; it opens older backups too.")
    click.echo(f"Audit log: {manifest.audit_entries} entries, head {manifest.audit_head}")
    if with_keys is not None:
        click.echo(f"{with_keys}: the secret keys. Whoever has these three files can read everything: keep them apart.")
    else:
        click.echo(
            f"The secret keys are not in it: {settings.keys_dir} must be kept elsewhere, or all of this is lost."
        )


def restore(settings: Settings, file: Path, *, data_keys: Path | None, key_file: Path | None, replace: bool) -> None:
    """Put a backup in place."""
    try:
        if key_file is not None:
            put_secret_keys(key_file, settings.keys_dir)
        keys = _present_keys(settings.keys_dir)
        restored = put_in_place(
            settings.resolved_database_url, keys, file, data_keys or file.with_name(_DATA_KEYS), now(), replace=replace
        )
    except (BackupError, KeyFileError) as error:
        raise click.ClickException(str(error)) from error
    manifest = restored.manifest
    click.echo(
        f"In place: {manifest.counts.get('complaints', 0)} complaints as of {manifest.created_at:%Y-%m-%d %H:%M} UTC."
    )
    click.echo(
        f"Checked: rows of {len(manifest.counts)} tables, {manifest.audit_entries} audit entries, "
        f"{restored.opened} texts opened."
    )
    if restored.purged:
        click.echo(f"{restored.purged} complaints were deleted since, and stay deleted.")


def _present_keys(keys_dir: Path) -> KeyRing:
    missing = [name for name in KEY_FILES if not (keys_dir / name).exists()]
    if missing:
        # New keys would be made otherwise, and open nothing.
        raise BackupError(f"{keys_dir} lacks {', '.join(missing)}; put them there or give --keys FILE")
    return KeyRing.load_or_create(keys_dir)
