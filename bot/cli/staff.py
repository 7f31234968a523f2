"""Commands on the database: its shape, and who may sign in to the console."""

import click

from bot.services import Services
from bot.settings import Settings
from bot.staff import Role
from bot.storage.migrate import upgrade as upgrade_database


def upgrade(settings: Settings) -> str:
    """Bring the database to the newest shape and say so."""
    services = Services(settings)
    try:
        upgrade_database(services.engine)
    finally:
        services.close()
    return "The database is up to date."


def add(settings: Settings, name: str, role: str) -> str:
    """Invite a person to the desk. Returns the link with the one-time enrolment token."""
    services = Services(settings)
    try:
        upgrade_database(services.engine)
        token = services.staff.invite(name, Role(role))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    finally:
        services.close()
    link = f"{settings.resolved_console_url}/enrol/{token}"
    return f"{name} can set up their access once, within 24 hours, at:\n  {link}\nGive this link to nobody else."
