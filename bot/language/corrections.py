"""What is put right in one breath: 12期，哦不，24期; not 12 months but 24. The later word counts."""

from bot.language.tokens import Kind, Token

_PERCENTAGES = frozenset({Kind.PERCENT, Kind.FEN})
_NUMBERS = frozenset({Kind.MONEY, Kind.TERM, *_PERCENTAGES})
_PARTS = frozenset({Kind.RECEIVED, Kind.PAY, Kind.FEE, Kind.UPFRONT, Kind.TOTAL})
_FARTHEST = 8
"""How many tokens back what is put right may lie, and how many on the right word."""


def put_right(found: list[Token]) -> list[Token]:
    """The tokens without what was taken back."""
    if not any(token.kind in {Kind.OOPS, Kind.DENIED} for token in found):
        return found
    right = list(found)
    place = 0
    while place < len(right):
        kind = right[place].kind
        if kind is Kind.OOPS:
            _replace(right, place, list(range(place - 1, max(-1, place - _FARTHEST), -1)))
        elif kind is Kind.DENIED and place + 1 < len(right) and right[place + 1].kind in _NUMBERS:
            _replace(right, place + 1, [place + 1])
        place += 1
    return [token for token in right if token.kind not in {Kind.OOPS, Kind.DENIED}]


def _replace(right: list[Token], after: int, places: list[int]) -> None:
    """Put the next number in the place of the nearest of its kind among ``places``."""
    new = next((at for at in range(after + 1, min(len(right), after + _FARTHEST)) if right[at].kind in _NUMBERS), None)
    if new is None or any(right[at].kind in _PARTS for at in range(after + 1, new)):
        return
    old = next((at for at in places if _same_kind(right[at], right[new])), None)
    if old is None:
        return
    later, former = right[new], right[old]
    if later.kind is not former.kind and later.kind is Kind.MONEY:  # a bare number: not 12 months but 24
        later = Token(former.kind, later.start, later.end, former.words, later.number, former.unit, former.detail)
    right[old] = later
    del right[new]
    # A colon or comma that parted the two parts nothing any longer.
    for at in range(new - 1, old, -1):
        if right[at].kind in {Kind.STOP, Kind.PRINCIPAL}:
            del right[at]


def _same_kind(former: Token, later: Token) -> bool:
    if former.kind is later.kind:
        return True
    if {former.kind, later.kind} <= _PERCENTAGES:
        return True
    return later.kind is Kind.MONEY and not later.detail and former.kind in _NUMBERS
