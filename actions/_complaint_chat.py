"""What the chat knows already that belongs into a complaint: the loan worked out last, the message looked at last."""

from collections.abc import Callable
from dataclasses import dataclass

from rasa_sdk import Tracker

from actions._loan_card import figure, standing, yuan
from actions._loan_offer import Offer
from actions._offer_shown import offer_shown, worked_out
from actions._support import language, services, today
from bot.complaints import Fact
from bot.content.complaints import LoanFigure
from bot.content.law import Lender
from bot.lending import LineCheck, Quote, check_lines
from bot.messages import Language
from bot.screening import Finding

_LONGEST_MESSAGE = 4000


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan worked out, held against the lines."""

    offer: Offer
    quote: Quote
    checks: list[LineCheck]
    tongue: Language

    def said(self, figure_name: LoanFigure) -> str:
        """One of its figures in words; empty when nobody told it."""
        return {
            "principal": lambda: self._sum(yuan(self.quote.terms.principal)),
            "received": lambda: self._sum(yuan(self.quote.received)),
            "payment": self._payment,
            "fees": self._fees,
        }[figure_name]()

    def line(self) -> str:
        """All of it in one sentence, with the lines it crosses."""
        rate = self._say(
            "complaint_loan_line",
            received=yuan(self.quote.received),
            payments=self._payment(),
            total=yuan(self.quote.total_paid),
            nominal=figure(self.quote.rate.nominal),
        )
        content = services().content
        crossed = [standing(check, None, content, self.tongue) for check in self.checks if check.crossed]
        return "\n".join([rate, *crossed])

    def facts(self) -> dict[str, str]:
        """The same as data: yuan and percent a year as decimal strings."""
        quote = self.quote
        crossed = (
            f"{check.line.name.of(self.tongue)} ({figure(check.limit)}%)" for check in self.checks if check.crossed
        )
        known = {
            Fact.PRINCIPAL: f"{quote.terms.principal:f}",
            Fact.RECEIVED: f"{quote.received:f}",
            Fact.PAYMENT: f"{quote.first_payment:f}",
            Fact.PERIODS: str(len(quote.instalments)),
            Fact.TOTAL: f"{quote.total_paid:f}",
            Fact.COST: f"{quote.total_cost:f}",
            Fact.NOMINAL: f"{quote.rate.nominal:f}",
            Fact.EFFECTIVE: "" if quote.rate.effective is None else f"{quote.rate.effective:f}",
            Fact.CROSSED: "; ".join(crossed),
        }
        return {fact.value: value for fact, value in known.items() if value}

    def _sum(self, amount: str) -> str:
        return self._say("complaint_loan_sum", sum=amount)

    def _payment(self) -> str:
        quote = self.quote
        return self._say("complaint_loan_payment", payment=yuan(quote.first_payment), periods=len(quote.instalments))

    def _fees(self) -> str:
        return self._say("complaint_loan_between").join(
            self._say(
                f"complaint_loan_fee_{'each' if fee.each else 'once'}", sum=yuan(fee.of(self.quote.terms.principal))
            )
            for fee in self.offer.fees
        )

    def _say(self, key: str, **values: object) -> str:
        return services().content.wording.say(key, self.tongue, **values)


def loan_of(tracker: Tracker) -> Loan | None:
    """The loan worked out last; nothing while it is not complete."""
    offer = offer_shown(tracker)
    quote = worked_out(offer)
    if quote is None:
        return None
    day = today()
    law = services().content.law
    checks = check_lines(quote.rate.nominal, offer.lender or Lender.UNKNOWN, offer.signed or day, law, day)
    return Loan(offer, quote, checks, language(tracker))


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was looked at. What was found is worked out when it is wanted."""

    text: str
    screen: Callable[[str], Finding]

    def facts(self) -> dict[str, str]:
        """Verdict and kinds of trick, as ids."""
        found = self.screen(self.text)
        return {
            Fact.VERDICT.value: str(found.verdict),
            Fact.FAMILIES.value: ", ".join(family.id for family in found.families),
        }

    def line(self, tongue: Language) -> str:
        """The message and what was found in it."""
        found = self.screen(self.text)
        families = [family.name.of(tongue) for family in found.families[:1]]
        wording = services().content.wording
        title = wording.say(f"screening_title_{found.verdict}", tongue)
        return wording.say("complaint_message_line", tongue, message=self.text, verdict=": ".join([title, *families]))


def message_of(tracker: Tracker) -> Message | None:
    """The message looked at last."""
    text = str(tracker.get_slot("screen_last") or "")[:_LONGEST_MESSAGE]
    return Message(text, services().screener.screen) if text else None
