"""``mingbai audit verify``."""

import click

from bot.services import Services
from bot.settings import Settings
from bot.storage.audit import verify as verify_chain
from bot.storage.migrate import upgrade


def verify(settings: Settings, expected: str | None) -> int:
    """Follow the chain and say what was found. Returns the exit status."""
    services = Services(settings)
    try:
        upgrade(services.engine)
        with services.readers() as session:
            found = verify_chain(session, expected)
    finally:
        services.close()
    if found.broken is not None:
        click.echo(f"BROKEN: entry {found.broken} was changed, put in or is missing.", err=True)
        return 1
    if not found.holds_expected:
        click.echo(f"BROKEN: the chain holds, but {expected} no longer stands in it: its end was cut off.", err=True)
        return 1
    click.echo(f"The audit log holds: {found.entries} entries.\nHead: {found.head}")
    click.echo("Note the head elsewhere; later, mingbai audit verify --expect HEAD shows that nothing was cut off.")
    return 0
