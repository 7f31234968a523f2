"""Rasa adapter for the 综合融资成本明示表: what stands in it in, what is missing or does not agree out."""

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._disclosure import (
    MOST_CHARGES,
    MOST_PERCENT,
    YES_OR_NO,
    Clarity,
    Question,
    Sheet,
    read_charge,
    read_percent,
)
from actions._disclosure_card import Checked
from actions._loan_card import yuan
from actions._loan_offer import Offer
from actions._loan_offer import Question as LoanQuestion
from actions._loan_words import Heard, hear, hear_choice, reading_title
from actions._support import (
    Json,
    button,
    entity,
    intent,
    is_aside,
    language,
    leave_form,
    say,
    services,
    today,
    typed_text,
    word,
)
from bot.complaints import Kind
from bot.language import read_amount, read_yes_no
from bot.lending import TermsError
from bot.messages import Language

_SLOT = "disclosure"
_ANSWER = "disclosure_answer"
_OWN_BUTTONS = frozenset({"disclosure_choose", "check_disclosure", "loan_choose"})
# Typed without anything the form can read, these are answers; whatever else is meant, other rules serve.
_ANSWERS = frozenset(
    {None, "check_disclosure", "ask_loan_cost", "ask_usury", "affirm", "deny", "correct", "nlu_fallback"}
)
_PERCENTS = {Question.TOTAL: "total", Question.INTEREST: "interest"}
_TOLERANCE = "0.1"
_LONGEST_STORY = 4000
_ESSENTIALS = (LoanQuestion.PRINCIPAL, LoanQuestion.PRICE, LoanQuestion.TERM)


def _sheet(tracker: Tracker) -> Sheet:
    return Sheet.from_slot(tracker.get_slot(_SLOT))


def _last_offer(tracker: Tracker) -> Offer | None:
    """The loan that was worked out last, when it can be."""
    offer = Offer.from_slot(tracker.get_slot("loan_offer"))
    return offer if Sheet(offer=offer).terms is not None else None


def _choice(key: str, tongue: Language, value: str, **values: object) -> Json:
    return button(word(f"disclosure_button_{key}", tongue, **values), "disclosure_choose", disclosure_value=value)


def _titled(key: str, tongue: Language, intent_name: str) -> Json:
    return button(word(f"disclosure_button_{key}", tongue), intent_name)


def _is_skip(text: str) -> bool:
    said = text.strip(" \t\n.!。！~～,，了呢啊吧").casefold()
    return any(said in word("disclosure_words_skip", tongue).split("/") for tongue in Language)


class ActionStartDisclosure(Action):
    """Begins a table, or goes on with one that was left."""

    def name(self) -> str:
        return "action_start_disclosure"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        sheet = _sheet(tracker)
        if sheet.answered and sheet.question is not None:
            say(dispatcher, "utter_disclosure_again")
            return leave_form()
        rule = services().content.disclosure
        tongue = language(tracker)
        say(dispatcher, "utter_disclosure_begin", rule=rule.name.of(tongue))
        text = typed_text(tracker)
        # "The table says 18%, is that right?" answers one question already.
        total = read_percent(text) if text and any(sign in text for sign in "%％") else None
        sheet = Sheet() if total is None else Sheet().answer(Question.TOTAL, total=total)
        return [*leave_form(), SlotSet(_SLOT, sheet.to_slot())]


class ValidateDisclosureForm(FormValidationAction):
    """Takes one answer after the other; each may be that the table does not say."""

    def name(self) -> str:
        return "validate_disclosure_form"

    async def required_slots(
        self, _domain_slots: list[str], _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any
    ) -> list[str]:
        """The sheet, and one answer as long as anything is open."""
        return [_SLOT, _ANSWER] if _sheet(tracker).question is not None else [_SLOT]

    def extract_disclosure(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The sheet with what the latest turn says; nothing when the turn is about something else."""
        if is_aside(tracker, _OWN_BUTTONS):
            return {}
        sheet, text = _sheet(tracker), typed_text(tracker)
        if text is None:
            return {_SLOT: _tapped(sheet, tracker, dispatcher).to_slot()}
        if tracker.get_slot("requested_slot") != _ANSWER:
            return {_SLOT: sheet.to_slot()}  # the sentence that began it all
        if intent(tracker) == "ask_basic" and not any(letter.isdigit() for letter in text):
            after = None if not _is_skip(text) else _typed(sheet, text, dispatcher, language(tracker))
        else:
            after = _typed(sheet, text, dispatcher, language(tracker))
        if after is None:
            if intent(tracker) not in _ANSWERS:
                return {}
            say(dispatcher, "utter_disclosure_not_read")
        return {_SLOT: (after or sheet).to_slot()}

    def validate_disclosure(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Extraction has checked it."""
        return {_SLOT: value}


def _tapped(sheet: Sheet, tracker: Tracker, dispatcher: CollectingDispatcher) -> Sheet:
    """The sheet after a button; a button that no longer fits changes nothing."""
    asked, value = sheet.question, entity(tracker, "disclosure_value")
    fact, told = entity(tracker, "loan_field"), entity(tracker, "loan_value")
    if fact and told and asked is Question.LOAN:
        return _with_loan(sheet, hear_choice(fact, told, today()), dispatcher, language(tracker))
    if value == "clear":
        return Sheet()
    # A button says which question it answers: one further up must not answer another.
    if value is None or asked is None or not value.startswith(f"{asked} "):
        return sheet
    return _answered(sheet, asked, value.removeprefix(f"{asked} "), _last_offer(tracker))


def _answered(sheet: Sheet, asked: Question, answer: str, last: Offer | None) -> Sheet:
    match asked, answer:
        case Question.LOAN, "last":
            return sheet.answer(asked, offer=last) if last is not None else sheet
        case Question.PRINCIPAL, "same" if sheet.terms is not None:
            return sheet.answer(asked, principal=sheet.terms.principal)
        case Question.CLARITY, _ if answer in set(Clarity):
            return sheet.answer(asked, clarity=Clarity(answer))
    return _shown(sheet, asked) if answer == "shown" and asked in YES_OR_NO else sheet.answer(asked)


def _shown(sheet: Sheet, asked: Question) -> Sheet:
    return sheet.answer(asked, shown=(*sheet.shown, asked))


def _with_loan(sheet: Sheet, heard: Heard, dispatcher: CollectingDispatcher, tongue: Language) -> Sheet:
    """With what was said of the loan; the question is answered once it can be computed."""
    if heard.wrong:
        say(dispatcher, "utter_loan_bad", problem=word(f"loan_card_bad_{heard.wrong[0]}", tongue))
    offer = heard.into(sheet.offer).with_(brief=True)
    if offer.open_questions():
        return sheet.with_(offer=offer)
    try:
        offer.quote()
    except TermsError:
        say(dispatcher, "utter_loan_bad", problem=word("loan_card_bad_payment", tongue))
        return sheet.with_(offer=offer.without("payment"))
    return sheet.answer(Question.LOAN, offer=offer)


def _typed(sheet: Sheet, text: str, dispatcher: CollectingDispatcher, tongue: Language) -> Sheet | None:
    """The sheet with what was typed in answer to the question; nothing when it is no answer."""
    asked = sheet.question
    if asked is None:
        return None
    if _is_skip(text):
        return sheet.answer(asked)
    if asked is Question.LOAN:
        open_now = [one for one in sheet.offer.open_questions() if one in _ESSENTIALS]
        heard = hear(text, open_now[0] if open_now else None, sheet.offer, services().content.wording, today())
        return _with_loan(sheet, heard, dispatcher, tongue) if heard else None
    if asked is Question.PRINCIPAL:
        amount = read_amount(text)
        return None if amount is None else sheet.answer(asked, principal=amount)
    if asked in _PERCENTS:
        percent = read_percent(text)
        sensible = percent is not None and 0 <= percent <= MOST_PERCENT
        return sheet.answer(asked, **{_PERCENTS[asked]: percent}) if sensible else None
    return _typed_words(sheet, asked, text)


def _typed_words(sheet: Sheet, asked: Question, text: str) -> Sheet | None:
    if asked is Question.CHARGES:
        charge = read_charge(text, today())
        if charge is None:
            return sheet.answer(asked) if read_yes_no(text) is False else None
        charges = (*sheet.charges, charge)
        return sheet.with_(charges=charges) if len(charges) < MOST_CHARGES else sheet.answer(asked, charges=charges)
    answer = read_yes_no(text)
    if answer is None:
        return None
    if asked is Question.CLARITY:
        return sheet.answer(asked, clarity=Clarity.BOTH if answer else Clarity.NEITHER)
    return _shown(sheet, asked) if answer else sheet.answer(asked)


class ActionAskDisclosureAnswer(Action):
    """The one thing that is asked next, with its buttons."""

    def name(self) -> str:
        return "action_ask_disclosure_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        sheet, tongue = _sheet(tracker), language(tracker)
        asked = sheet.question or Question.LOAN
        menu = _titled("menu", tongue, "menu")
        if asked is Question.LOAN and sheet.offer.has_any:
            _ask_for_rest_of_loan(sheet.offer, dispatcher, tongue)
            return []
        buttons = [*_answers(sheet, asked, _last_offer(tracker), tongue), menu]
        if asked is Question.CHARGES and sheet.charges:
            told = Checked(sheet, services().content, tongue).charges()
            say(dispatcher, "utter_ask_disclosure_more_charges", buttons=buttons, charges=told)
        else:
            say(dispatcher, f"utter_ask_disclosure_{asked}", buttons=buttons)
        return []


def _ask_for_rest_of_loan(offer: Offer, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    buttons = [_choice("no_loan", tongue, f"{Question.LOAN} skip"), _titled("menu", tongue, "menu")]
    if offer.unsure:
        doubt, wording = offer.unsure[0], services().content.wording
        readings = [
            button(reading_title(fact, value, wording, tongue), "loan_choose", loan_field=fact, loan_value=value)
            for fact, value in doubt.readings
        ]
        say(dispatcher, "utter_ask_loan_reading", buttons=[*readings, *buttons], words=doubt.words)
        return
    missing = next((one for one in offer.open_questions() if one in _ESSENTIALS), LoanQuestion.PRICE)
    say(dispatcher, f"utter_ask_{missing}", buttons=buttons)


def _answers(sheet: Sheet, asked: Question, last: Offer | None, tongue: Language) -> list[Json]:
    skip = _choice("not_on_it", tongue, f"{asked} skip")
    if asked is Question.LOAN:
        this = [_choice("this_loan", tongue, f"{asked} last")] if last is not None else []
        return [*this, _choice("no_loan", tongue, f"{asked} skip")]
    if asked is Question.PRINCIPAL and sheet.terms is not None:
        return [_choice("same", tongue, f"{asked} same", amount=yuan(sheet.terms.principal)), skip]
    if asked is Question.CHARGES:
        return [_choice("no_more", tongue, f"{asked} skip")]
    if asked is Question.CLARITY:
        return [_choice(f"clarity_{one}", tongue, f"{asked} {one}") for one in Clarity]
    return [_choice("shown", tongue, f"{asked} shown"), skip] if asked in YES_OR_NO else [skip]


class ActionShowDisclosure(Action):
    """What was found, with the card, and what the check rests on."""

    def name(self) -> str:
        return "action_show_disclosure"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        sheet, tongue = _sheet(tracker), language(tracker)
        if sheet.question is not None:
            say(dispatcher, "utter_disclosure_none", buttons=[_titled("menu", tongue, "menu")])
            return []
        content = services().content
        checked = Checked(sheet, content, tongue)
        missing, differing = checked.findings()
        card = checked.card()
        if missing:
            say(dispatcher, "utter_disclosure_missing", card=card, findings="\n".join(missing))
        if differing:
            with_card = None if missing else card
            say(dispatcher, "utter_disclosure_differing", card=with_card, findings="\n".join(differing))
        if not missing and not differing:
            say(dispatcher, "utter_disclosure_fine", card=card)
        rule = content.disclosure
        buttons = [_choice("again", tongue, "clear"), _titled("loan", tongue, "ask_loan_cost")]
        if missing or differing:
            buttons.insert(0, _titled("complain", tongue, "disclosure_complain"))
        say(
            dispatcher,
            "utter_disclosure_note",
            buttons=[*buttons, _titled("menu", tongue, "menu")],
            asides=checked.asides(),
            document=rule.document.of(tongue),
            since=rule.effective_from,
            scope=checked.say("scope"),
            not_read="" if rule.full_text_read else checked.say("not_read"),
            tolerance=_TOLERANCE,
        )
        return []


class ActionDisclosureComplaint(Action):
    """Puts what was found into the complaint that is about to begin; what was entered there before stays."""

    def name(self) -> str:
        return "action_disclosure_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        sheet, tongue = _sheet(tracker), language(tracker)
        if sheet.question is not None:
            return []
        story = Checked(sheet, services().content, tongue).story()
        before = str(tracker.get_slot("complaint_story") or "")
        if story not in before:
            say(dispatcher, "utter_disclosure_complaint")
            story = f"{before}\n{story}".strip()[:_LONGEST_STORY]
            events: list[EventType] = [SlotSet("complaint_story", story)]
        else:
            events = []
        kind = tracker.get_slot("complaint_kind") or Kind.COST.value
        return [*events, SlotSet("complaint_kind", kind)]
