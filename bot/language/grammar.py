"""The grammar of money: what a sentence says about a loan, and what it leaves open.

Every number is given its part by the cue words around it, nearest first and within its clause. Nothing is filled in:
what was not said is absent, and what can be read in more than one way is a question (``Terms.ambiguous``).
"""

from datetime import date

from bot.language.durations import read_term_said
from bot.language.rates import read_rates_and_fees
from bot.language.sentence import Sentence, scan
from bot.language.settle import Settlement
from bot.language.sums import sort_sums
from bot.language.terms import (
    Field,
    Method,
    Reason,
    Terms,
)
from bot.language.tokens import Kind


def read_terms(text: str, today: date | None = None) -> Terms:  # noqa: ARG001
    """Read what a sentence says about a loan. Never fails; says nothing that was not said."""
    sentence = scan(text)
    if not any(token.number is not None or token.kind is Kind.METHOD for token in sentence.tokens):
        return Terms()
    term = read_term_said(sentence)
    found = sort_sums(sentence)
    rate, fees = read_rates_and_fees(sentence)
    return Settlement(sentence, term, found).settle(rate, fees, _read_method(sentence))


def _read_method(sentence: Sentence) -> Method | None:
    said = [token for token in sentence.tokens if token.kind is Kind.METHOD]
    methods = list(dict.fromkeys(Method(token.detail) for token in said))
    if len(methods) > 1:
        words = sentence.quote(said[0], said[-1])
        sentence.ask(Field.METHOD, words, Reason.SEVERAL_SAID, *methods)
        return None
    return methods[0] if methods else None
