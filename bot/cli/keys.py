"""``mingbai keys``: which keys there are, and new ones in their place."""

import time
from collections.abc import Callable

import click

from bot import audit
from bot.cli.tracker_key import rotate_tracker_key
from bot.services import Services, now
from bot.settings import Settings
from bot.storage.data_keys import CURRENT_SECONDS
from bot.storage.migrate import upgrade
from bot.storage.rotation import Rotation, key_counts

_SAY_EVERY = 5.0


def rotate(settings: Settings, say: Callable[[str], None] = click.echo) -> None:
    """Put new keys in force and seal everything anew; goes on with a rotation that was interrupted."""
    services = Services(settings)
    try:
        upgrade(services.engine)
        rotation = Rotation(services.engine, settings.keys_dir)
        if rotation.is_finished():
            # Written down first: no key changes without an entry.
            services.audit.record(audit.OPERATOR, audit.KEYS_ROTATION_BEGUN, "keys")
            generation = rotation.begin()
            rotate_tracker_key(settings.keys_dir)
            say(f"New keys (generation {generation}) are in force. Sealing old values anew; Ctrl-C may interrupt.")
        else:
            say("Going on with the rotation that was interrupted.")
        moved = _move(rotation, say)
        # A process that had not noticed the new key yet may have used the old one until now.
        time.sleep(CURRENT_SECONDS)
        moved += _move(rotation, say)
        masters, data_keys = rotation.finish(now())
        details = {"moved": moved, "retired_masters": masters, "retired_data_keys": data_keys}
        services.audit.record(audit.OPERATOR, audit.KEYS_ROTATED, "keys", details)
    finally:
        services.close()
    say(f"Done: {moved} keys, cases and rows moved; {masters} master keys and {data_keys} data keys retired.")
    say("Back up now, the secret keys too: a data-keys file of before opens with the retired master key only.")


def _move(rotation: Rotation, say: Callable[[str], None]) -> int:
    moved = 0
    said = time.monotonic()
    while step := rotation.step():
        moved += step
        if time.monotonic() - said > _SAY_EVERY:
            said = time.monotonic()
            say(f"  {moved} moved ...")
    return moved


def listing(settings: Settings) -> str:
    """All keys by generation, never a key itself."""
    services = Services(settings)
    try:
        upgrade(services.engine)
        with services.engine.begin() as connection:
            counts = key_counts(connection)
        finished = Rotation(services.engine, settings.keys_dir).is_finished()
        masters = [key_id.hex() for key_id in services.keys.masters]
    finally:
        services.close()
    lines = [f"Master keys ({settings.keys_dir}): " + ", ".join([*masters[:-1], f"{masters[-1]} (in force)"])]
    lines += ["Data keys in the database, each wrapped by a master key:"]
    lines += [
        f"  generation {one.generation}  {one.purpose:8}{one.state:9}{one.count:>8}  since {one.oldest:%Y-%m-%d}"
        for one in counts
    ]
    if not finished:
        lines.append("Not everything is under the newest keys yet; run: mingbai keys rotate")
    return "\n".join(lines)
