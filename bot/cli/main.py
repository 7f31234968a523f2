"""Every command of ``./mingbai``; each imports what it needs when called, so that ``--help`` stays quick."""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

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
@click.option(
    "--role",
    type=click.Choice(["handler", "supervisor", "auditor", "administrator"]),
    default="handler",
    show_default=True,
)
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
def keys() -> None:
    """The keys that seal what is at rest."""


@keys.command("list")
def keys_list() -> None:
    """Show which keys there are; never a key itself."""
    from bot.cli.keys import listing

    click.echo(listing(Settings()))


@keys.command("rotate")
def keys_rotate() -> None:
    """Put new keys in force at once and seal old values anew; run again to go on after an interruption."""
    from bot.cli.keys import rotate

    rotate(Settings())


@cli.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option("--expect", metavar="HEAD", help="A head noted earlier, which must still stand in the log.")
def audit_verify(expect: str | None) -> None:
    """Check that no entry was changed, put in or taken out; names the first that was."""
    from bot.cli.audit import verify

    raise SystemExit(verify(Settings(), expect))


@cli.group()
def retention() -> None:
    """The end of complaints: notice, postponement, deletion (data/retention/retention.yml)."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def retention_run(*, dry_run: bool) -> None:
    """Give the notices and delete the cases that are due. `./mingbai up` does this daily by itself."""
    from bot.cli.retention import run

    click.echo(run(Settings(), dry_run=dry_run))


@retention.command("watch")
def retention_watch() -> None:
    """Run daily until told to stop; a part of `./mingbai up`."""
    from bot.cli.retention import watch

    watch(Settings())


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--data-keys", type=click.Path(path_type=Path, dir_okay=False), help="Default: data-keys beside FILE.")
@click.option(
    "--with-keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the secret keys to this file. Keep it apart: with it, FILE can be read.",
)
def backup(file: Path, data_keys: Path | None, with_keys: Path | None) -> None:
    """Back the database up to FILE while everything runs."""
    from bot.cli.backup import backup as run

    run(Settings(), file, data_keys=data_keys, with_keys=with_keys)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--data-keys", type=click.Path(path_type=Path, dir_okay=False), help="Default: data-keys beside FILE.")
@click.option(
    "--keys", "key_file", type=click.Path(path_type=Path, dir_okay=False), help="Secret keys to put in place."
)
@click.option("--replace", is_flag=True, help="Replace a database that holds something.")
def restore(file: Path, data_keys: Path | None, key_file: Path | None, *, replace: bool) -> None:
    """Put a backup in place and check it: counts, audit log, decryption of a sample."""
    from bot.cli.backup import restore as run

    run(Settings(), file, data_keys=data_keys, key_file=key_file, replace=replace)


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


@content.command("add-example")
@click.argument("family")
@click.argument("text")
@click.option("--dry-run", is_flag=True, help="Check and show everything, write nothing.")
def content_add_example(family: str, text: str, *, dry_run: bool) -> None:
    """Add a reviewed message for screening to learn from; TEXT "-" reads it from the standard input.

    FAMILY is a file of data/fraud/families, or harmless-KIND for an everyday message that was taken for a trick.
    Numbers and contacts are masked first. Refused is what is too short or long, an example already, or in the
    evaluation set. Then it shows the verdict on the text, and on the dev set, without and with it.

    \b
    Exit status: 0 added (or would be), 1 refused and nothing changed, 2 no such family.
      ./mingbai content add-example brushing "群主说垫付三单就返，第四单要两万" --dry-run
    """  # noqa: D301 - click wants the backspace character, which keeps the lines below it apart
    from bot.cli.add_example import add_example

    said = sys.stdin.read() if text == "-" else text
    add_example(ROOT / "data", ROOT / "bench" / "screening", family, said, dry_run=dry_run)


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
