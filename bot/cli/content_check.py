"""``mingbai content``: check the packs, add a month's LPR."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click
from pydantic import ValidationError

from bot.content import ContentError, load_content
from bot.content.base import Confidence
from bot.content.law import LprReading
from bot.content.law import add_lpr as append
from bot.content.loader import Content, find_mistakes


def main(root: Path) -> int:
    """Check every pack and say in plain words what is wrong. Returns the exit status."""
    mistakes = find_mistakes(root)
    for mistake in mistakes:
        click.echo(f"Not right: {mistake}", err=True)
    if mistakes:
        return 1
    content = load_content(root)
    newest = content.law.lpr[-1]
    click.echo(
        f"All packs are right: {len(content.lessons)} lessons, {len(content.fraud.families)} fraud families, "
        f"{len(content.law.lines)} legal lines, "
        f"{len(content.hotlines)} hotlines, {len(content.wording.keys())} wordings, "
        f"LPR {newest.one_year} / {newest.five_year} as of {newest.published}."
    )
    for reminder in _reminders(content, date.today()):  # noqa: DTZ011 - an editor's own day
        click.echo(f"To look at: {reminder}")
    return 0


def _reminders(content: Content, today: date) -> list[str]:
    """What is right in form, but is not, or soon no longer, shown as plain fact."""
    found = [f"{name} was to be reviewed by {fact.review_by}" for name, fact in content.facts if fact.review_by < today]
    found += [
        f"{name} is marked {fact.confidence}, so it is not shown as plain fact"
        for name, fact in content.facts
        if fact.confidence is not Confidence.CONFIRMED
    ]
    if content.law.lpr_may_be_outdated(today):
        newest = content.law.lpr[-1].published
        found.append(f"the newest LPR is of {newest}; add a newer one with: mingbai content add-lpr")
    return found


def add_lpr(root: Path, published: date, one_year: Decimal, five_year: Decimal, source: str) -> str:
    """Append one reading to ``law/lpr.yml``; the file is left as it was when the result would not check.

    Raises:
        click.ClickException: the reading is out of order, not out yet, or not a rate.
    """
    day = published.date() if isinstance(published, datetime) else published
    if day > date.today():  # noqa: DTZ011 - an operator's own day
        raise click.ClickException(f"Not added: {day} has not come yet.")
    try:
        reading = LprReading(
            published=day, one_year=one_year, five_year=five_year, confidence=Confidence.CONFIRMED, source=source
        )
        append(root / "law", reading)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise click.ClickException(f"Not added: {wrong['loc'][0]}: {wrong['msg']}") from error
    except ContentError as error:
        raise click.ClickException(f"Not added: {error}") from error
    return f"Added: LPR {one_year} / {five_year}, published {day}. Four times the one-year rate is {one_year * 4}."
