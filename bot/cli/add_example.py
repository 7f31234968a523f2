"""``mingbai content add-example``: a message that somebody at the desk has read becomes an example to learn from."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import yaml

from bot.content import ContentError
from bot.content.fraud import FraudPack, load_fraud
from bot.content.fraud_examples import REVIEWED, add_reviewed, as_written, load_examples
from bot.content.loader import find_mistakes
from bot.language import clean, mask, mask_contacts
from bot.screening import Finding, Screener, Verdict
from bot.screening.copies import find_copy
from bot.screening.normalise import Normaliser

SHORTEST, LONGEST = 8, 600
"""Letters and digits. Shorter proves nothing; longer than any example there is, it is several messages."""
_HARMLESS = "harmless-"


def add_example(root: Path, evaluation: Path, name: str, text: str, *, dry_run: bool) -> None:
    """Mask, check, append and show what it changes. ``evaluation`` is ``bench/screening``, which may be absent.

    Raises:
        click.ClickException: refused, with the reason; nothing is changed then. Exit status 1.
        click.BadParameter: there is no such family or kind. Exit status 2.
    """
    try:
        pack = load_fraud(root / "fraud")
    except ContentError as error:
        raise click.ClickException(f"Not added: the packs were not right before this: {error}") from error
    _check_name(pack, name)
    text = _masked(text)
    normaliser = Normaliser(pack.spelling.codes, pack.spelling.traditional)
    bare = normaliser.bare(text)
    _check_text(bare)
    splits = _evaluation_sets(evaluation)
    _check_copies(normaliser.bare, bare, pack, splits)
    undo = None if dry_run else _write(root, name, text)
    try:
        examples = pack.examples.plus(name, text) if dry_run else load_examples(root / "fraud" / "examples")
        more = pack.model_copy(update={"examples": examples})
        click.echo("Learning without and with it …", err=True)
        click.echo(
            f"This text: {_said(Screener(pack).screen(text))}; with it learnt: {_said(Screener(more).screen(text))}."
        )
        _compare(pack, more, splits.get("dev"))
    except BaseException:
        # Interrupted too: what nobody has seen the effect of is not left behind.
        if undo is not None:
            undo()
        raise
    file = f"fraud/examples/{REVIEWED}/{name}.yml"
    click.echo(f"Nothing was written; without --dry-run it goes to {file}." if dry_run else f"Added to {file}.")


def _check_name(pack: FraudPack, name: str) -> None:
    known = [family.id for family in pack.families] + [f"{_HARMLESS}{kind}" for kind in pack.examples.harmless]
    if name not in known:
        close = difflib.get_close_matches(name, known)
        hint = f" Did you mean: {', '.join(close)}?" if close else " data/fraud/families has one file a family."
        raise click.BadParameter(f"there is no {name!r}.{hint}", param_hint="FAMILY")


def _masked(text: str) -> str:
    cleaned = clean(text)
    masked = mask_contacts(mask(cleaned).text)
    if masked != cleaned:
        click.echo("Numbers and contacts were masked.")
    masked = as_written(masked)
    click.echo(f"The text as it is learnt: {masked}")
    click.echo("Names of people and places are not masked by themselves: please read it once more.")
    return masked


def _check_text(bare: str) -> None:
    letters = len(bare)
    if letters < SHORTEST:
        raise click.ClickException(f"Not added: {letters} letters are too few to learn from (at least {SHORTEST}).")
    if letters > LONGEST:
        raise click.ClickException(f"Not added: {letters} letters are too many (at most {LONGEST}); give the key part.")


def _check_copies(bare_of: Callable[[str], str], bare: str, pack: FraudPack, splits: dict[str, "_Split"]) -> None:
    # The evaluation first: of it nothing is shown, because its texts are not to be known while tuning.
    for split, texts in splits.items():
        if find_copy(bare, {bare_of(text): "" for text in texts.all}, parts_too=True) is not None:
            raise click.ClickException(
                f"Not added: this text, or nearly the same one, is in the evaluation set ({split}). "
                "Learnt by heart, it would measure nothing."
            )
    examples = {
        bare_of(example.text): f"{example.family or 'harmless'}: {example.text}" for example in pack.examples.texts()
    }
    copy = find_copy(bare, examples)
    if copy is not None:
        raise click.ClickException(f"Not added: this text, or nearly the same one, is an example already: {copy}")


def _write(root: Path, name: str, text: str) -> Callable[[], None]:
    undo = add_reviewed(root / "fraud" / "examples", name, text)
    try:
        mistakes = find_mistakes(root)
    except BaseException:
        undo()
        raise
    if mistakes:
        undo()
        raise click.ClickException("Not added, and undone: " + "; ".join(mistakes))
    click.echo("All packs are right with it.")
    return undo


class _Split:
    """One half of the evaluation: tricks and harmless texts."""

    def __init__(self, folder: Path) -> None:
        self.tricks: list[str] = []
        self.harmless: list[str] = []
        for file in sorted(folder.glob("*.yml")):
            into = self.harmless if "harmless" in file.name else self.tricks
            for texts in yaml.safe_load(file.read_text(encoding="utf-8")).values():
                into.extend(texts)

    @property
    def all(self) -> list[str]:
        return self.tricks + self.harmless


def _evaluation_sets(folder: Path) -> dict[str, _Split]:
    if not folder.is_dir():
        click.echo("Note: there is no bench/screening here, so nothing is held against the evaluation set.")
        return {}
    return {half.name: _Split(half) for half in sorted(folder.iterdir()) if half.is_dir()}


def _said(finding: Finding) -> str:
    names = ", ".join(family.id for family in finding.families)
    return f"{finding.verdict} ({names})" if names else str(finding.verdict)


def _compare(pack: FraudPack, more: FraudPack, dev: _Split | None) -> None:
    """How the verdicts on dev move. Both screeners are trained without its texts, which are among the examples."""
    if dev is None:
        return
    click.echo("Judging the dev set without and with it …", err=True)
    known = set(dev.all) | {text.strip() for text in dev.all}
    screeners = [Screener(of.model_copy(update={"examples": of.examples.without(known)})) for of in (pack, more)]
    for kind, texts in (("tricks", dev.tricks), ("harmless", dev.harmless)):
        without, with_it = ([screener.screen(text).verdict for text in texts] for screener in screeners)
        changed = sum(one is not other for one, other in zip(without, with_it, strict=True))
        click.echo(f"dev, {len(texts)} {kind}: {_moved(without, with_it)}; {changed} verdicts changed.")


def _moved(without: Iterable[Verdict], with_it: Iterable[Verdict]) -> str:
    before, after = Counter(without), Counter(with_it)
    return ", ".join(f"{verdict} {before[verdict]} → {after[verdict]}" for verdict in Verdict)
