"""The parts put together: what is principal, what is paid back, what is interest, and what must be asked."""

import re
from decimal import Decimal

from bot.language.durations import in_months
from bot.language.rates import percentage
from bot.language.sentence import Sentence
from bot.language.sums import Sorted, Sum
from bot.language.terms import (
    Fee,
    Field,
    Method,
    Payment,
    Period,
    Practice,
    Rate,
    Reason,
    Term,
    Terms,
    When,
)
from bot.language.tokens import Kind

_LEAST_SHARE_REPAID = 20
_LEAST_SHARE_REPAID_A_YEAR = 3
"""借1万一个月200: a sum each period of at most a twentieth of the loan is interest; more may be either."""
_AT_END = re.compile(
    r"到期|到时候?|届时|年底|月底|[天月年周期]以?之?后|连本带[利息]|本息|\b(?:after|at the end|later)\b"
)
_AT_END_AFTER = re.compile(r"\b(?:at the end|back (?:in|after)|in \d|after|next (?:month|week|year)|later)\b")
_PAID_OUT = re.compile(r"放款|批了?|下款")
_ALTOGETHER = re.compile(r"[总一1]共|全部|加起来|总的|总利?息|total")


class Settlement:
    """Puts the parts of one sentence together."""

    def __init__(self, sentence: Sentence, term: Term | None, found: Sorted) -> None:
        self.sentence = sentence
        self.term = term
        self.parts = found.parts
        self.bare_rate = found.bare_rate

    def settle(
        self, rate: Rate | None, fees: list[Fee], method: Method | None, practices: tuple[Practice, ...] = ()
    ) -> Terms:
        """The terms of the sentence."""
        self._paid_out_is_lent()
        principal = self._principal()
        received = self._single(Field.RECEIVED, self.parts.get("received", []))
        fees = fees + [self._fee(one) for one in self.parts.get("fee", [])]
        payment, total, interest = self._payments(principal, received, rate)
        if any(token.kind is Kind.NINE_OUT for token in self.sentence.tokens):
            received, payment = self._nine_out(principal, received, payment)
        rate = rate or self.bare_rate
        if rate is None and interest is not None and not self._asked(Field.RATE):
            rate = self._rate_of(interest, principal or received)
        return Terms(
            principal=principal,
            received=received,
            rate=rate,
            term=self.term,
            payment=payment,
            total=total,
            fees=tuple(fees),
            method=method,
            practices=practices,
            ambiguous=tuple(self.sentence.questions),
        )

    def _paid_out_is_lent(self) -> None:
        """放款一万，到卡9200: beside what arrived, what was paid out is the loan."""
        received = self.parts.get("received", [])
        if len(received) > 1 and not self.parts.get("principal") and _PAID_OUT.search(self._before(received[0])):
            self.parts["principal"] = [received[0]]
            self.parts["received"] = received[1:]

    def _before(self, one: Sum) -> str:
        return self.sentence.text.text[max(0, one.token.start - 4) : one.token.start]

    def _nine_out(
        self, principal: Decimal | None, received: Decimal | None, payment: Payment | None
    ) -> tuple[Decimal | None, Payment | None]:
        """九出十三归: of ten, nine are paid out and thirteen come back; after one month or three nobody says."""
        if principal is not None:
            received = received or principal * 9 / 10
            payment = payment or Payment(principal * 13 / 10, Period.ONCE)
        if self.term is None and not self._asked(Field.TERM):
            said = next(token for token in self.sentence.tokens if token.kind is Kind.NINE_OUT)
            self.sentence.ask(Field.TERM, self.sentence.quote(said), Reason.TWO_READINGS, Term(1), Term(3))
        return received, payment

    def _asked(self, about: Field) -> bool:
        return any(one.field is about for one in self.sentence.questions)

    def _principal(self) -> Decimal | None:
        said = self.parts.get("principal", [])
        if not said:
            bare = self.parts.get("bare", [])
            said = bare[:1]
            self.parts["bare"] = bare[1:]
        if not said:
            return None
        first = said[0]
        if first.token.detail == "ge" or (len(said) == 1 and first.value < 10 and not first.token.detail):  # noqa: PLR2004
            words = self.sentence.quote(first.token)
            self.sentence.ask(Field.PRINCIPAL, words, Reason.TWO_READINGS, first.value * 10_000, first.value)
            return None
        return self._single(Field.PRINCIPAL, said)

    def _single(self, about: Field, said: list[Sum]) -> Decimal | None:
        if not said:
            return None
        first = said[0]
        number = first.token.number
        words = self.sentence.quote(first.token)
        if number is not None and number.high is not None:
            self.sentence.ask(about, words, Reason.RANGE, number.value, number.high)
            return None
        values = list(dict.fromkeys(one.value for one in said))
        if len(values) > 1:
            words = self.sentence.quote(first.token, said[-1].token)
            self.sentence.ask(about, words, Reason.SEVERAL_SAID, *values)
            return None
        if self.sentence.vague(first.token):
            self.sentence.ask(about, words, Reason.APPROXIMATE, first.value)
        return first.value

    def _fee(self, one: Sum) -> Fee:
        when = When.UPFRONT if one.upfront else When.EACH if one.period is not None else None
        return Fee(one.name, amount=one.value, when=when)

    def _payments(  # noqa: C901, PLR0912
        self, principal: Decimal | None, received: Decimal | None, rate: Rate | None
    ) -> tuple[Payment | None, Decimal | None, Sum | None]:
        """Which sums are paid back each period, which at once, and which are interest."""
        interest = next(iter(self.parts.get("interest", [])), None)
        total = self._single(Field.TOTAL, self.parts.get("total", []))
        said = self.parts.get("payment", [])
        lent = principal or next((one.value for one in self.parts.get("base", [])), received)
        for one in self.parts.get("each", []):
            if rate is not None and lent is not None and one.value * 100 == lent * rate.value:
                continue  # the rate said once more, in yuan
            if said or lent is None or self._repays(one, lent) or rate is not None:
                said = said or [one]
            elif self._is_interest(one, lent):
                interest = interest or one
            elif interest is None:
                self._ask_what(one, lent)
        if not said and total is not None and not self._instalments() and self._at_end(self.parts["total"][0]):
            return Payment(total, Period.ONCE), None, interest
        if not said:
            return None, total, interest
        amount = self._single(Field.PAYMENT, said)
        if amount is None:
            return None, total, interest
        period = said[0].period or self._unsaid_period(amount, principal or received)
        if period is None and self._at_end(said[0]):
            period = Period.ONCE
        if said[0].instalment and self.term is None and self._asked(Field.TERM):
            period = None
        elif said[0].instalment and self.term is not None and self.term.unit is Period.WEEK:
            period = Period.WEEK
        if period is None:
            words = self.sentence.quote(said[0].token)
            readings = (Payment(amount, Period.MONTH), Payment(amount, Period.ONCE))
            self.sentence.ask(Field.PAYMENT, words, Reason.PERIOD_UNKNOWN, *readings)
            return None, total, interest
        if period is Period.ONCE and self.term is not None and total is None and self._instalments():
            return None, amount, interest
        return Payment(amount, period), total, interest

    def _at_end(self, one: Sum) -> bool:
        """到期还13000: one payment, at a time that is named or together with the interest."""
        text, token = self.sentence.text.text, one.token
        before = re.split(r"[;。!?]", text[max(0, token.start - 14) : token.start])[-1]
        after = re.split(r"[;。!?.]", text[token.end : token.end + 24])[0]
        return bool(_AT_END.search(before) or _AT_END_AFTER.search(after))

    def _instalments(self) -> bool:
        return any(token.kind is Kind.TERM and token.detail for token in self.sentence.tokens)

    def _unsaid_period(self, amount: Decimal, lent: Decimal | None) -> Period | None:
        """36期还1072: no less than the loan all told, so each; no less than the loan at once, so once."""
        if lent is not None and amount >= lent:
            return Period.ONCE
        if self.term is not None and self._instalments() and self.term.count > 1:
            return Period.MONTH if self.term.unit is Period.YEAR else self.term.unit
        return None

    def _repays(self, one: Sum, lent: Decimal) -> bool:
        """3期，每期2300: together no less than the loan, so these are instalments."""
        if self.term is None or one.value >= lent:
            return False
        same = one.instalment or one.period is in_months(self.term).unit
        return same and one.value * in_months(self.term).count >= lent

    @staticmethod
    def _is_interest(one: Sum, lent: Decimal) -> bool:
        yearly = one.period is Period.YEAR
        return one.value * (_LEAST_SHARE_REPAID_A_YEAR if yearly else _LEAST_SHARE_REPAID) <= lent

    def _ask_what(self, one: Sum, lent: Decimal) -> None:
        period = one.period or Period.MONTH
        words = self.sentence.quote(one.token)
        rate = Rate(percentage(one.value, lent), period)
        self.sentence.ask(Field.PAYMENT, words, Reason.TWO_READINGS, Payment(one.value, period), rate)

    def _rate_of(self, interest: Sum, principal: Decimal | None) -> Rate | None:
        """借1万一个月200: the sum as a percentage of the loan, or of the sum just before it (一万块一天5块)."""
        base = next((one.value for one in self.parts.get("base", [])), principal)
        for back in range(interest.place - 1, -1, -1):
            token = self.sentence.tokens[back]
            if token.kind is Kind.MONEY and token.number is not None:
                base = token.number.value
                break
            if token.kind not in {Kind.PERIOD, Kind.TERM, Kind.INTEREST}:
                break
        if not base or interest.token.number is None or interest.token.number.high is not None:
            return None
        percent = percentage(interest.value, base)
        start = interest.token.start
        if interest.period is not None:
            return Rate(percent, interest.period)
        if _ALTOGETHER.search(self.sentence.text.text[max(0, start - 8) : start]):
            return Rate(percent, Period.ONCE)
        words = self.sentence.quote(interest.token)
        readings = (Rate(percent, Period.ONCE), Rate(percent, Period.MONTH))
        self.sentence.ask(Field.RATE, words, Reason.PERIOD_UNKNOWN, *readings)
        return None
