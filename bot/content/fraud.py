"""The fraud packs: families of tricks, the words that give them away, and what to do.

Phrases are written in a notation a reviewer can read::

    先/提前 + $pay + 保证金/解冻费 & 放款

``/`` parts alternatives, ``$name`` stands for a list of ``words.yml``, ``+`` means "soon after, in the same sentence",
``&`` means "elsewhere nearby, in either order", ``<link>`` stands for something recognised by its form.
"""

from collections.abc import Container, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, model_validator

from bot.content.base import Bilingual, ContentError, Fact, Pack, read_pack, read_packs
from bot.content.fraud_examples import FraudExamples, load_examples

FORMS = frozenset({"<n>", "<link>", "<odd-link>", "<foreign-number>", "<phone>"})

Slot = frozenset[str]
"""Alternatives for one place of a phrase."""
Phrase = tuple[tuple[Slot, ...], ...]
"""Groups found in any order; the slots of a group follow each other."""

_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]


class Kind(StrEnum):
    """What a family is about."""

    FRAUD = "fraud"
    USURY = "usury"
    GENERAL = "general"
    """Signs common to many tricks: they strengthen a family, and alone mean caution."""


class Phrases(Pack):
    """Phrases in both languages; both must be given."""

    zh: Annotated[tuple[str, ...], Field(min_length=1)]
    en: Annotated[tuple[str, ...], Field(min_length=1)]

    @property
    def both(self) -> tuple[str, ...]:
        """All of them: people mix the languages, so every text is held against all."""
        return self.zh + self.en


class FraudSign(Phrases):
    """One thing that gives a trick away. ``weight`` 5 is enough for danger on its own, 3 for caution."""

    id: _Id
    weight: Annotated[int, Field(ge=1, le=6)]
    why: Bilingual


class FraudFamily(Fact):
    """One trick."""

    id: _Id
    kind: Kind = Kind.FRAUD
    name: Bilingual
    signs: Annotated[tuple[FraudSign, ...], Field(min_length=1)]
    how_it_goes_on: Bilingual
    advice: Annotated[tuple[str, ...], Field(min_length=1)]
    rule_of_thumb: Bilingual
    look_alikes: Annotated[tuple[Bilingual, ...], Field(min_length=1)]
    lesson: str = "no-fee-first"
    """The lesson behind it."""

    @model_validator(mode="after")
    def _sign_ids_occur_once(self) -> Self:
        ids = [sign.id for sign in self.signs]
        if len(ids) != len(set(ids)):
            raise ValueError("a sign id occurs twice")
        return self


class HarmlessContext(Phrases):
    """What marks an everyday message; takes ``discount`` off every score."""

    id: _Id
    discount: Annotated[int, Field(ge=1, le=4)]


class Speech(Pack):
    """Words that tell a warning, a lesson or a story from an attempt."""

    prohibitions: Phrases
    """"Do not …": what follows in the clause is advised against."""
    warnings: Phrases
    """"Beware of …": what follows in the sentence is warned of."""
    judgements: Phrases
    """"… is always a fraud": what stands before it in the sentence is warned of."""
    teaching: Phrases
    """Only somebody who explains fraud talks like that."""
    questions: Phrases
    """Asks what something is, not whether to obey it."""
    stories: Phrases
    """Tells what somebody demanded of the writer."""
    directives: Phrases
    """Leads the reader away: to a contact, a link, a payment."""
    contexts: tuple[HarmlessContext, ...]


class EmergencySign(Phrases):
    """The person has already paid, told a code, shared the screen or signed."""

    id: _Id
    certain: bool = False
    """Counts even when nothing else in the text shows a trick."""


class Emergencies(Pack):
    """First aid."""

    signs: Annotated[tuple[EmergencySign, ...], Field(min_length=1)]
    denials: Phrases
    """Just before a sign: it has not happened (yet)."""
    steps: Annotated[tuple[Bilingual, ...], Field(min_length=3)]
    source: str


class Distress(Pack):
    """Words of somebody who may not want to live; a sign inside a ``figurative`` phrase does not count."""

    signs: Phrases
    figurative: Phrases


class Caller(Phrases):
    """Who somebody says they are (the phrases), and how to reach the real one."""

    id: _Id
    name: Bilingual
    verify: Bilingual
    hotlines: tuple[str, ...]
    """Numbers of ``data/hotlines``."""


class Question(Pack):
    """Asks for what would change the verdict. Without ``families`` it fits any text."""

    id: _Id
    families: tuple[str, ...]
    ask: Bilingual
    if_yes: Literal["danger", "caution", "unsure"] | None = None
    """The verdict after that answer; it stays when absent."""
    if_no: Literal["danger", "caution", "unsure"] | None = None
    advice: Annotated[tuple[str, ...], Field(min_length=1)]


class _Callers(RootModel[tuple[Caller, ...]]):
    pass


class _Questions(RootModel[tuple[Question, ...]]):
    pass


class _Advice(RootModel[dict[str, Bilingual]]):
    pass


class _Words(RootModel[dict[str, tuple[str, ...]]]):
    pass


class Spelling(Pack):
    """How words are hidden: codes for words, and traditional letters as pairs with their simplified ones."""

    codes: dict[str, str]
    traditional: tuple[Annotated[str, Field(pattern=r"^..$")], ...]


class FraudPack(Pack):
    """Everything screening knows."""

    families: tuple[FraudFamily, ...]
    advice: dict[str, Bilingual]
    words: dict[str, tuple[str, ...]]
    speech: Speech
    emergencies: Emergencies
    spelling: Spelling
    distress: Distress
    callers: tuple[Caller, ...]
    questions: tuple[Question, ...]
    likeness_why: Bilingual
    """Why wording alone is a sign; ``{family}`` is the name of the trick it resembles."""
    examples: FraudExamples

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Self:
        families = {family.id for family in self.families}
        for user, keys in (
            *((family.id, family.advice) for family in self.families),
            *((question.id, question.advice) for question in self.questions),
        ):
            _all_known(user, "advice", keys, self.advice)
        for question in self.questions:
            _all_known(question.id, "family", question.families, families)
        _all_known("examples", "family", self.examples.tricks, families)
        speech, emergencies, distress = self.speech, self.emergencies, self.distress
        cues = (speech.prohibitions, speech.warnings, speech.judgements, speech.teaching, speech.questions)
        more = (speech.stories, speech.directives, *speech.contexts, *emergencies.signs, emergencies.denials)
        signs = (sign for family in self.families for sign in family.signs)
        for phrases in (*cues, *more, *signs, distress.signs, distress.figurative, *self.callers):
            for text in phrases.both:
                self.phrase(text)
        return self

    def phrase(self, text: str) -> Phrase:
        """Read the notation. Raises ``ValueError`` naming what is wrong."""
        return tuple(tuple(self._slot(slot, text) for slot in group.split("+")) for group in text.split("&"))

    def _slot(self, text: str, phrase: str) -> Slot:
        words: set[str] = set()
        for part in text.split("/"):
            word = part.strip()
            if not word:
                raise ValueError(f"an empty place in the phrase {phrase!r}")
            if word.startswith("$"):
                if word[1:] not in self.words:
                    raise ValueError(f"no word list {word} for the phrase {phrase!r}")
                words.update(self.words[word[1:]])
            elif word.startswith("<") and word not in FORMS:
                raise ValueError(f"no form {word} for the phrase {phrase!r}")
            else:
                words.add(word)
        return frozenset(words)


def _all_known(user: str, kind: str, names: Iterable[str], known: Container[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{user}: there is no {kind} {name!r}")


def load_fraud(folder: Path) -> FraudPack:
    """The whole of ``data/fraud``. Raises ``ContentError`` naming file and field."""
    try:
        return FraudPack(
            families=tuple(read_packs(folder / "families", FraudFamily)),
            advice=read_pack(folder / "advice.yml", _Advice).root,
            likeness_why=read_pack(folder / "likeness.yml", Bilingual),
            distress=read_pack(folder / "distress.yml", Distress),
            callers=read_pack(folder / "callers.yml", _Callers).root,
            questions=read_pack(folder / "questions.yml", _Questions).root,
            examples=load_examples(folder / "examples"),
            words=read_pack(folder / "words.yml", _Words).root,
            speech=read_pack(folder / "speech.yml", Speech),
            emergencies=read_pack(folder / "emergencies.yml", Emergencies),
            spelling=read_pack(folder / "spelling.yml", Spelling),
        )
    except ContentError:
        raise
    except ValueError as error:
        raise ContentError(f"{folder.name}: {error}") from error
