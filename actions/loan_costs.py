"""Rasa adapter for loan costs: words in, one quote, a sentence and a card out."""

from decimal import Decimal
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._comparison_show import COMPARED, say_comparison
from actions._loan_card import Costed, described_line, figure, standing
from actions._loan_inverse import say_turned_round
from actions._loan_offer import Offer, Question
from actions._loan_words import Heard, hear, hear_choice, reading_title
from actions._support import (
    Json,
    button,
    entity,
    intent,
    is_aside,
    language,
    say,
    services,
    today,
    typed_text,
    word,
)
from bot.content.fraud import Kind
from bot.content.law import Lender
from bot.lending import LoanTerms, Method, Rate, RateKind, Term, TermsError, Unit, check_lines, quote
from bot.messages import Language
from bot.screening import Verdict

_SLOT = "loan_offer"
_OWN_BUTTONS = frozenset({"ask_loan_cost", "loan_choose"})
# Typed without any figure, these are answers the form cannot read; whatever else is meant, other rules serve.
_ANSWERS = frozenset({None, "ask_loan_cost", "ask_usury", "affirm", "deny", "correct", "nlu_fallback"})
_FIGURES = frozenset({"principal", "received", "rate", "payment", "total", "fees", "unsure"})
_FACT_OF_ERROR = {"too_small": "payment", "no_rate": "payment"}


def _offer(tracker: Tracker) -> Offer:
    return Offer.from_slot(tracker.get_slot(_SLOT))


def _keep(offer: Offer) -> EventType:
    return SlotSet(_SLOT, offer.to_slot())


def _titled(key: str, tongue: Language, intent_name: str, **entities: str) -> Json:
    return button(word(f"loan_card_button_{key}", tongue), intent_name, **entities)


def _closing(tongue: Language, *first: Json) -> list[Json]:
    return [*first, _titled("another", tongue, "ask_loan_cost"), _titled("menu", tongue, "menu")]


def _heard(tracker: Tracker, asked: Question | None, offer: Offer) -> Heard:
    """What the latest turn says about a loan, tapped or typed."""
    fact, value = entity(tracker, "loan_field"), entity(tracker, "loan_value")
    if fact and value:
        return hear_choice(fact, value, today())
    text = typed_text(tracker)
    if text is None:
        return Heard()
    heard = hear(text, asked, offer, services().content.wording, today())
    if not heard and asked is None and _assumes_today(offer):
        # The answer said that it took today: a date alone puts that right.
        return hear(text, Question.SIGNED, offer, services().content.wording, today())
    return heard


def _asked(tracker: Tracker) -> Question | None:
    name = tracker.get_slot("requested_slot")
    return Question(name) if name in set(Question) else None


def _assumes_today(offer: Offer) -> bool:
    """Whether the contract's date is our assumption, and matters."""
    return offer.lender is Lender.PRIVATE and offer.signed is None and not offer.is_short_of_essentials


def _complain_of(wrong: tuple[str, ...], dispatcher: CollectingDispatcher, tongue: Language) -> None:
    if wrong:
        say(dispatcher, "utter_loan_bad", problem=word(f"loan_card_bad_{wrong[0]}", tongue))


def _without_nonsense(offer: Offer, dispatcher: CollectingDispatcher, tongue: Language) -> Offer:
    """The offer, or when its facts cannot all be right, the offer without the one to ask for again."""
    if offer.open_questions() or offer.turned_round is not None:
        return offer
    try:
        offer.quote()
    except TermsError as error:
        fact = _FACT_OF_ERROR.get(error.code, error.field)
        fact = "fees" if error.code == "nothing_received" and offer.fees else fact
        _complain_of((fact,), dispatcher, tongue)
        return offer.without(fact)
    return offer


def is_lure(text: str | None) -> bool:
    """Whether a text lures with a loan, or tells of a fraud: to be looked at, not computed."""
    finding = services().screener.screen(text) if text else None
    if finding is None or finding.verdict is not Verdict.DANGER:
        return False
    # "I just sent him 3000": there is nothing to compute, it has happened.
    return finding.emergency is not None or any(family.kind is Kind.FRAUD for family in finding.families)


def is_about_a_loan(tracker: Tracker) -> bool:
    """Whether what was typed tells of a loan, whatever it was taken to be about.

    A sum or a price does; any other fact ("24 months, rather", "signed in March") when a loan was just worked out.
    """
    last = _offer(tracker)
    facts = set(_heard(tracker, None, last).facts)
    return bool(_FIGURES & facts) or (bool(facts) and not last.is_short_of_essentials)


def begin_offer(tracker: Tracker) -> list[EventType]:
    """Events that make room for a new offer; none when the latest turn only corrects the last one."""
    last = _offer(tracker)
    facts = set(_heard(tracker, None, last).facts)
    # "Only 9000 came into my hand" is about the loan just shown; with a price and a time it is another one.
    begins = "principal" in facts or {"received"} < facts
    corrects = bool(facts) and not begins and not last.is_short_of_essentials
    return [] if corrects else [_keep(Offer()), SlotSet(COMPARED, None)]


class ActionStartLoan(Action):
    """Begins an offer anew; what only corrects the last one ("24 instalments, rather") is kept with it.

    A pasted message that lures with a loan sounds like a question about one; it is looked at before it is computed.
    """

    def name(self) -> str:
        return "action_start_loan"

    async def run(self, _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        heard = _heard(tracker, None, _offer(tracker))
        if not heard.into(Offer()).says_enough and is_lure(typed_text(tracker)):
            return [FollowupAction("screen_form")]
        return begin_offer(tracker)


class ValidateLoanForm(FormValidationAction):
    """Gathers the facts of an offer, from any turn that says some, and asks only for what lacks."""

    def name(self) -> str:
        return "validate_loan_form"

    async def required_slots(
        self, _domain_slots: list[str], _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any
    ) -> list[str]:
        """The offer itself, and the questions it leaves open."""
        return [_SLOT, *_offer(tracker).open_questions()]

    def extract_loan_offer(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The offer with what the latest turn says; nothing when the turn is about something else."""
        if is_aside(tracker, _OWN_BUTTONS):
            return {}
        asked, before, tongue = _asked(tracker), _offer(tracker), language(tracker)
        if asked is not None and typed_text(tracker) is None and intent(tracker) == "ask_loan_cost":
            return {_SLOT: Offer().to_slot()}  # the button that begins anew
        heard = _heard(tracker, asked, before)
        if intent(tracker) == "ask_basic" and set(heard.facts) <= {"method"}:
            return {}  # "what are equal instalments?" names one, and chooses none
        if not heard:
            return self._unread(tracker, dispatcher, before)
        _complain_of(heard.wrong, dispatcher, tongue)
        offer = heard.into(before)
        said_at_once = asked is None or bool(tracker.get_slot(COMPARED))  # the next of a comparison is asked for
        if said_at_once and not before.has_any and offer.says_enough:
            offer = offer.model_copy(update={"brief": True})
        return {_SLOT: _without_nonsense(offer, dispatcher, tongue).to_slot()}

    def _unread(self, tracker: Tracker, dispatcher: CollectingDispatcher, offer: Offer) -> Json:
        if typed_text(tracker) and intent(tracker) not in _ANSWERS:
            return {}
        if _asked(tracker) is not None and typed_text(tracker):
            say(dispatcher, "utter_loan_not_read")
        return {_SLOT: offer.to_slot()}

    def validate_loan_offer(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Extraction has checked it."""
        return {_SLOT: value}


class ActionAskLoanReading(Action):
    """Words that can be read in several ways, with each reading as a button."""

    def name(self) -> str:
        return "action_ask_loan_reading"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, wording = language(tracker), services().content.wording
        for doubt in _offer(tracker).unsure[:1]:
            buttons = [
                button(reading_title(fact, value, wording, tongue), "loan_choose", loan_field=fact, loan_value=value)
                for fact, value in doubt.readings
            ]
            say(dispatcher, "utter_ask_loan_reading", buttons=buttons, words=doubt.words)
        return []


def _costed(offer: Offer, tongue: Language) -> Costed | None:
    """The offer worked out, or nothing when it cannot be."""
    if offer.open_questions() and offer.is_short_of_essentials:
        return None
    try:
        found = offer.quote()
    except TermsError:
        return None
    day, content = today(), services().content
    checks = check_lines(found.rate.nominal, offer.lender or Lender.UNKNOWN, offer.signed or day, content.law, day)
    return Costed(found, checks, content, tongue)


class ActionShowLoanCost(Action):
    """The result: one plain sentence with its card, how it stands to the lines, and what to do next."""

    def name(self) -> str:
        return "action_show_loan_cost"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        offer, tongue = _offer(tracker), language(tracker)
        compared: list[Any] = tracker.get_slot(COMPARED) or []
        if compared and _costed(offer, tongue) is not None:
            say_comparison([*map(Offer.from_slot, compared), offer], dispatcher, tongue)
        else:
            show_offer(offer, dispatcher, tongue)
        return []


def show_offer(offer: Offer, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    """Say what one offer costs; or that there is none to show."""
    _show(offer, dispatcher, tongue)


def _show(offer: Offer, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    if offer.turned_round is not None:
        say_turned_round(offer, dispatcher, tongue, _closing(tongue))
        return
    costed = _costed(offer, tongue)
    if costed is None:
        say(dispatcher, "utter_loan_no_offer", buttons=_closing(tongue))
        return
    say(dispatcher, costed.result_response, card=costed.card(), **costed.result_values())
    say(dispatcher, "utter_loan_verdicts", verdicts=costed.verdicts())
    assumed = _assumed(offer, tongue)
    say(
        dispatcher,
        "utter_loan_next_assumed" if assumed else "utter_loan_next",
        buttons=_next_buttons(offer, tongue),
        assumed=assumed,
    )


def _assumed(offer: Offer, tongue: Language) -> str:
    assumptions = {
        "method": offer.assumes_method,
        "lender": offer.assumes_lender,
        "fee": offer.assumes_fee_upfront,
        "deduction": offer.deducts_interest,
        "free": offer.claims_to_be_free and not offer.fees,
        "today": _assumes_today(offer),
    }
    return "\n".join(word(f"loan_card_assumes_{name}", tongue) for name, holds in assumptions.items() if holds)


def _next_buttons(offer: Offer, tongue: Language) -> list[Json]:
    buttons = []
    if offer.assumes_method:
        buttons.append(_titled("method", tongue, "loan_ask", loan_field="method"))
    if offer.assumes_lender:
        buttons.append(_titled("lender", tongue, "loan_ask", loan_field="lender"))
    elif _assumes_today(offer):
        buttons.append(_titled("date", tongue, "loan_ask", loan_field="contract_date"))
    buttons += [_titled(name, tongue, f"loan_{name}") for name in ("explain", "schedule", "lines", "what_now")]
    buttons += [_titled(name, tongue, name) for name in ("compare_offers", "ask_affordable", "early_repayment")]
    return _closing(tongue, *buttons)


class ActionAskLoanChange(Action):
    """Asks again, as buttons, for what was assumed."""

    def name(self) -> str:
        return "action_ask_loan_change"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        fact = entity(tracker, "loan_field")
        name = f"loan_{fact}"
        if name in set(Question) - {Question.READING}:
            say(dispatcher, f"utter_ask_{name}")
        return []


class ActionChangeLoan(Action):
    """Takes a fact tapped after the result, and shows the result with it."""

    def name(self) -> str:
        return "action_change_loan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        before = _offer(tracker)
        offer = _heard(tracker, None, before).into(before)
        _show(offer, dispatcher, tongue)
        return [_keep(offer)]


class ActionShowLoanSchedule(Action):
    """The schedule as text, a page at a time: for channels without tables, and for reading aloud."""

    def name(self) -> str:
        return "action_show_loan_schedule"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        costed = _costed(_offer(tracker), tongue)
        if costed is None:
            say(dispatcher, "utter_loan_no_offer", buttons=_closing(tongue))
            return []
        start = entity(tracker, "loan_from") or "1"
        first = int(start) if start.isdecimal() else 1
        rows, following = costed.schedule_page(first)
        buttons = [_titled("result", tongue, "loan_result"), *_closing(tongue)]
        if following is not None:
            buttons.insert(0, _titled("more_rows", tongue, "loan_schedule", loan_from=str(following)))
        say(dispatcher, "utter_loan_schedule", buttons=buttons, rows=rows)
        return []


class ActionShowLoanLines(Action):
    """What the lines are, where they come from and as of when; and, if need be, who lends."""

    def name(self) -> str:
        return "action_show_loan_lines"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        offer, tongue = _offer(tracker), language(tracker)
        costed = _costed(offer, tongue)
        if costed is None:
            return await ActionExplainUsury().run(dispatcher, tracker, _domain)
        for check in costed.checks:
            say(dispatcher, "utter_loan_lines", lines=described_line(check, costed.content, tongue))
        if not costed.checks:
            say(dispatcher, "utter_loan_lines", lines=word("loan_line_none", tongue))
        buttons = _closing(tongue, _titled("result", tongue, "loan_result"))
        if offer.assumes_lender:
            buttons.insert(0, _titled("lender", tongue, "loan_ask", loan_field="lender"))
        say(dispatcher, "utter_loan_lines", buttons=buttons, lines=word("loan_line_basis", tongue))
        return []


class ActionExplainLoan(Action):
    """Where the annual rate of the loan shown comes from, in plain words."""

    def name(self) -> str:
        return "action_explain_loan"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        costed = _costed(_offer(tracker), tongue)
        if costed is None:
            say(dispatcher, "utter_loan_no_offer", buttons=_closing(tongue))
            return []
        *first, last = costed.explanation()
        for explanation in first:
            say(dispatcher, "utter_loan_explain", explanation=explanation)
        buttons = _closing(tongue, _titled("result", tongue, "loan_result"))
        say(dispatcher, "utter_loan_explain", buttons=buttons, explanation=last)
        return []


class ActionLoanWhatNow(Action):
    """What the person can do, by who lends."""

    def name(self) -> str:
        return "action_loan_what_now"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, lender = language(tracker), _offer(tracker).lender
        kind = "unknown" if lender in {None, Lender.UNKNOWN, Lender.MICROLOAN} else str(lender)
        buttons = _closing(tongue, _titled("complain", tongue, "start_complaint"))
        say(dispatcher, f"utter_loan_what_now_{kind}", buttons=buttons)
        return []


class ActionExplainUsury(Action):
    """Is it above a line? A whole offer is worked out, a rate alone is compared.

    "Is that lawful?" is about the offer shown last. Without any of these the lines themselves are explained.
    """

    def name(self) -> str:
        return "action_explain_usury"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        heard = _heard(tracker, None, Offer())
        if not heard and _costed(_offer(tracker), tongue) is not None:
            _show(_offer(tracker), dispatcher, tongue)
            return []
        offer = heard.into(Offer())
        if not offer.is_short_of_essentials:
            offer = offer.model_copy(update={"brief": True})
            _show(offer, dispatcher, tongue)
            return [_keep(offer)]
        buttons = [_titled("check", tongue, "ask_loan_cost"), _titled("menu", tongue, "menu")]
        nominal = _simple_rate(offer.rate)
        day, law = today(), services().content.law
        checks = check_lines(nominal or Decimal(0), Lender.UNKNOWN, day, law, day)
        if nominal is None or offer.rate is None:
            lines = "\n".join(standing(check, "is", services().content, tongue) for check in checks)
            say(dispatcher, "utter_usury_lines", buttons=buttons, lines=lines)
            return []
        verdicts = "\n".join(standing(check, None, services().content, tongue) for check in checks)
        rate, wording = offer.rate, services().content.wording
        reading = reading_title("rate", f"{rate.value} {rate.period} {rate.kind}", wording, tongue)
        say(
            dispatcher,
            "utter_usury_rate_yearly" if rate.period is Unit.YEAR else "utter_usury_rate",
            buttons=buttons,
            reading=reading,
            nominal=figure(nominal),
            verdicts=verdicts,
        )
        return []


def _simple_rate(rate: Rate | None) -> Decimal | None:
    """The yearly rate of interest alone, by proportion; nothing for fees, whose true rate depends on the term."""
    if rate is None or rate.kind is not RateKind.INTEREST:
        return None
    try:
        return quote(LoanTerms(Decimal(10_000), Term(12), rate, Method.INTEREST_FIRST)).rate.nominal
    except TermsError:
        return None
