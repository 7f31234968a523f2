"""The grammar of money: what a sentence says about a loan, and what it leaves open.

Every number is given its part by the cue words around it, nearest first and within its clause. Nothing is filled in:
what was not said is absent, and what can be read in more than one way is a question (``Terms.ambiguous``).
"""

import re
from datetime import date

from bot.language.durations import read_term_said
from bot.language.folding import MOST_READ, fold
from bot.language.rates import read_rates_and_fees
from bot.language.sentence import Sentence, scan
from bot.language.settle import Settlement
from bot.language.sums import sort_sums
from bot.language.terms import (
    Field,
    Method,
    Practice,
    Reason,
    Terms,
)
from bot.language.tokens import Kind

_TELLS = frozenset({Kind.METHOD, Kind.FREE, Kind.NINE_OUT})
_PRACTICES = (
    (Practice.REVOLVING, re.compile(r"随借随还|循环(?:额度|贷|借)|revolving|line of credit|draw(?:n)? and repay")),
    (
        Practice.COMPOUND,
        re.compile(
            r"利滚利|利上加利|驴打滚|复利(?!.{0,4}(?:是什么|啥))|滚(?:雪球|利)|compound(?:s|ed|ing)|roll(?:ed|s"
            r"|ing)?[- ]over"
        ),
    ),
    (Practice.BALLOON, re.compile(r"气球贷|尾款(?:贷|大)|balloon")),
    (
        Practice.INTEREST_DEDUCTED_FIRST,
        re.compile(
            r"扣(?:掉|了|除|下)?(?:第[1一]个?|首|头[1一]?个?)(?:月|期)的?(?:利息|息)|(?:第[1一]个?|首"
            r"|头[1一]?个?)(?:月|期)的?利息.{0,8}扣"
            r"|利息(?:要|得|都)?(?:先|提前|预先)扣|先扣(?:掉|了)?利息|first (?:month|week)'?s interest.{0,24}deduct"
            r"|deduct\w*(?: the)? (?:first|interest)|interest (?:is |was )?deducted (?:first|up ?front|in advance)"
        ),
    ),
)


def read_terms(text: str, today: date | None = None) -> Terms:  # noqa: ARG001
    """Read what a sentence says about a loan. Never fails; says nothing that was not said."""
    sentence = scan(text)
    folded = fold(text[:MOST_READ])
    practices = tuple(practice for practice, words in _PRACTICES if words.search(folded))
    if not any(token.number is not None or token.kind in _TELLS for token in sentence.tokens):
        return Terms(practices=practices)
    term = read_term_said(sentence)
    found = sort_sums(sentence)
    rate, fees = read_rates_and_fees(sentence)
    return Settlement(sentence, term, found).settle(rate, fees, _read_method(sentence), practices)


def _read_method(sentence: Sentence) -> Method | None:
    said = [token for token in sentence.tokens if token.kind is Kind.METHOD]
    methods = list(dict.fromkeys(Method(token.detail) for token in said))
    if len(methods) > 1:
        words = sentence.quote(said[0], said[-1])
        sentence.ask(Field.METHOD, words, Reason.SEVERAL_SAID, *methods)
        return None
    return methods[0] if methods else None
