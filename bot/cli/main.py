"""Every command of ``./mingbai``; each imports what it needs when called, so that ``--help`` stays quick."""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

import click

from bot.settings import ROOT, Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Mingbai 明白: understand money before you sign.

    \b
    First steps:
      ./mingbai up                          start everything and print the addresses
      ./mingbai staff add li --role handler invite somebody to the complaint desk
      ./mingbai test                        run everything CI runs
    """  # noqa: D301 - click wants the backspace character, which keeps the lines below it apart


@cli.command()
def up() -> None:
    """Start everything: prepare the database, train if needed, serve, restart what dies. Ctrl-C stops."""
    from bot.cli.up import run

    raise SystemExit(run(Settings()))


@cli.command()
@click.option("--force", is_flag=True, help="Train even if nothing changed.")
def train(*, force: bool) -> None:
    """Train the conversation model, unless its inputs are the same as last time."""
    from bot.cli.training import train_if_needed

    train_if_needed(Settings(), force=force)


@cli.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def chat(language: str) -> None:
    """Talk with the running assistant in this terminal (start `./mingbai up` first)."""
    from bot.cli.chat import run

    raise SystemExit(run(Settings(), language))


@cli.command(context_settings={"ignore_unknown_options": True})
@click.option("--quick", is_flag=True, help="Only what needs no Rasa, browser or PostgreSQL.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(*, quick: bool, pytest_arguments: tuple[str, ...]) -> None:
    """Run everything CI runs: checks, training, all tests. Further arguments go to pytest."""
    from bot.cli.checks import run

    raise SystemExit(run(Settings(), quick=quick, pytest_arguments=pytest_arguments))


@cli.group()
def staff() -> None:
    """People of the complaint desk."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["handler", "supervisor"]), default="handler", show_default=True)
def staff_add(name: str, role: str) -> None:
    """Invite NAME: prints a link, good for 24 hours and once, to choose a passphrase and set up codes."""
    from bot.cli.staff import add

    click.echo(add(Settings(), name, role))


@cli.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest shape."""
    from bot.cli.staff import upgrade

    click.echo(upgrade(Settings()))


@cli.group()
def content() -> None:
    """The content packs: lessons, fraud families, law, hotlines, wording."""


@content.command("check")
def content_check() -> None:
    """Check every pack: both languages, sources, dates, no gap and no overlap."""
    from bot.cli.content_check import main

    raise SystemExit(main(ROOT / "data"))


@content.command("add-lpr")
@click.argument("published", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("one_year", type=Decimal)
@click.argument("five_year", type=Decimal)
@click.option("--source", required=True, help="Where the figure was read.")
def content_add_lpr(published: date, one_year: Decimal, five_year: Decimal, source: str) -> None:
    """Add a month's LPR: the date it was PUBLISHED, the ONE_YEAR and the FIVE_YEAR rate in percent."""
    from bot.cli.content_check import add_lpr

    click.echo(add_lpr(ROOT / "data", published, one_year, five_year, source))


def _stream(run: Callable[[Iterable[str]], Iterator[str]]) -> None:
    for line in run(sys.stdin):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


@cli.command()
def terms() -> None:
    """Read loan terms out of sentences: JSON lines {"text"} in, what was said out."""
    from bot.cli.terms_tool import run

    _stream(run)


@cli.command()
def loan() -> None:
    """Compute loans: JSON lines of terms or cash flows in, schedule and annual rates out."""
    from bot.cli.loan_tool import run

    _stream(run)


@cli.command()
def screen() -> None:
    """Screen messages for fraud and usury signs: JSON lines {"text"} in, verdicts out."""
    from bot.cli.screen_tool import run

    _stream(run)


@cli.command()
def understand() -> None:
    """Tell what sentences are about, with the trained model: JSON lines {"text"} in, topics out."""
    from bot.cli.training import understand as run

    raise SystemExit(run(Settings()))
