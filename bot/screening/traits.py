"""What the likeness model sees of a text: runs of tokens, the signs and cues of the rules, listed words."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from operator import add

from bot.content.fraud import FraudPack
from bot.screening.lexicon import Lexicon, PhraseSet, Reading
from bot.screening.likeness import Traits
from bot.screening.speech import Tone

_FORM_MARKS = {"<odd-link>": "ø", "<link>": "ł", "<phone>": "☏", "<foreign-number>": "☎"}
_ASCII = "\x7f"
_MASK = "x*"
_LONGEST_MASK = 6
"""Published reports write "x月x日" and "xxxx元"; such a mask is a number."""


class TraitReader:
    """Collects the traits of a text that has been read."""

    def __init__(self, pack: FraudPack, lexicon: Lexicon) -> None:
        self._lists: list[tuple[str, PhraseSet]] = [
            (name, lexicon.add([pack.phrase(f"${name}")])) for name in pack.words
        ]

    def traits(self, reading: Reading, tone: Tone, signs: Iterable[tuple[str, str, bool]]) -> Traits:
        """All of them. ``signs`` are family, sign, and whether it is said rather than spoken against."""
        traits = runs(pieces(reading))
        for family, sign, is_said in signs:
            traits.append(f"sign:{family}/{sign}:{is_said}")
            if is_said:
                traits.append(f"family:{family}")
        traits += [f"cue:{cue}" for cue in tone.cues]
        traits += [f"form:{form}" for form in reading.forms]
        lists = [name for name, phrases in self._lists if phrases.occur(reading)]
        traits += [f"list:{name}" for name in lists]
        traits += [f"lists:{one}+{other}" for one, other in combinations(lists, 2)]
        return dict.fromkeys(traits)


def pieces(reading: Reading) -> list[str]:
    """The tokens as the model sees them: any number is a number, any link a link."""
    # Chinese letters, by far the most, need no second look.
    tokens = [
        token if token > _ASCII else _plain(token, stem)
        for token, stem in zip(reading.tokens, reading.stems, strict=True)
    ]
    for form, mark in _FORM_MARKS.items():
        for start, end in reading.forms.get(form, ()):
            tokens[start] = mark
            tokens[start + 1 : end] = [""] * (end - start - 1)
    return tokens


def runs(tokens: Sequence[str]) -> list[str]:
    """Every run of one to three neighbouring tokens."""
    pairs = list(map(add, tokens, tokens[1:]))
    return [*tokens, *pairs, *map(add, pairs, tokens[2:])]


def _plain(token: str, stem: str) -> str:
    is_mask = len(token) <= _LONGEST_MASK and not token.strip(_MASK)
    return "0" if is_mask or token[0].isdigit() else stem
