"""Rasa adapter for screening: a pasted message in, a verdict with its words and what to do now out."""

import asyncio
import hashlib
import re
from collections.abc import Iterable
from typing import Any

import structlog
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._support import (
    Json,
    button,
    entity,
    intent,
    is_aside,
    language,
    last_turn,
    say,
    services,
    size,
    today,
    typed_text,
    word,
)
from actions.complaints import begin_with, channel_of, receipt_card
from bot.complaints import ComplaintDraft
from bot.complaints import Kind as Case
from bot.content.fraud import FraudFamily, Kind
from bot.messages import Language, Sign, VerdictCard
from bot.screening import Finding, Reason, Verdict
from bot.screening.finding import Emergency, with_answer

log = structlog.get_logger(__name__)

_SLOT = "screen_text"
_LAST = "screen_last"
_ANSWERS = "screen_answers"
_GENERAL_LESSON = "no-fee-first"
_OWN_BUTTONS = frozenset({"check_message"})
_ENOUGH = 15
_PASTED = re.compile(r"[:：\n“”\"「『](?P<message>.+)", re.DOTALL)
# Asked for in a few words while the form waits, these are not the message to look at.
_ELSEWHERE = frozenset({"start_complaint", "follow_case", "learn", "ask_loan_cost", "ask_usury"})
_TOO_LITTLE = frozenset({Reason.EMPTY, Reason.TOO_SHORT, Reason.ONLY_DIGITS})
_MOST_QUOTED = 3
_FOUND = frozenset({Verdict.DANGER, Verdict.CAUTION})


def _message_within(text: str) -> str | None:
    """The suspicious message inside what was typed with the question, when there is one.

    After a colon, a quotation mark or a line break everything is the message; without one, a long text is.
    """
    pasted = _PASTED.search(text)
    if pasted and size(pasted["message"]) >= _ENOUGH:
        return text
    return text if size(text) >= 2 * _ENOUGH else None


def _quoted(text: str) -> str:
    """A person's words on one line."""
    return " ".join(text.split())


class ValidateScreenForm(FormValidationAction):
    """Takes the message to look at: from the question itself when it is in it, else whatever is pasted next."""

    def name(self) -> str:
        return "validate_screen_form"

    def extract_screen_text(self, _dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> Json:
        """The suspicious message, if the latest turn brought one."""
        text = typed_text(tracker)
        if is_aside(tracker, _OWN_BUTTONS):
            return {}
        if text is None:
            return {_SLOT: None}  # the button that begins anew: ask again
        if tracker.get_slot("requested_slot") == _SLOT:
            return {} if _leaves(tracker, text) else {_SLOT: text}
        message = _message_within(text)
        if message is None and services().screener.screen(text).verdict in _FOUND:
            message = text
        return {_SLOT: message} if message else {}

    def validate_screen_text(
        self, value: Any, _dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: DomainDict
    ) -> Json:
        """Anything can be screened."""
        return {_SLOT: value}


def _leaves(tracker: Tracker, text: str) -> bool:
    """Whether a few typed words ask for something else instead of being the message."""
    return intent(tracker) in _ELSEWHERE and size(text) < _ENOUGH and _message_within(text) is None


class ActionShowFinding(Action):
    """The verdict, the words that gave it away, what to do now, and at most two questions that would change it.

    The message is kept until the next one, so that an answer, a dispute or a report can be about it.
    """

    def name(self) -> str:
        return "action_show_finding"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        text = tracker.get_slot(_SLOT)
        if not text:
            return []
        finding = services().screener.screen(str(text))
        _show(finding, dispatcher, language(tracker))
        # After too few words the next thing typed is most likely the message itself.
        again = [FollowupAction("screen_form")] if finding.reason in _TOO_LITTLE else []
        return [SlotSet(_SLOT, None), SlotSet(_LAST, text), SlotSet(_ANSWERS, None), *again]


def _show(finding: Finding, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    if finding.distress:
        say(dispatcher, "utter_screen_distress")
    if finding.emergency is not None:
        _first_aid(finding.emergency, dispatcher, tongue)
    say(
        dispatcher,
        f"utter_screen_{finding.verdict}",
        card=verdict_card(finding, tongue),
        verdict=_verdict(finding, tongue),
        findings=_findings(finding, tongue),
    )
    if finding.how_it_goes_on is not None and finding.verdict in _FOUND:
        say(dispatcher, "utter_screen_goes_on", goes_on=finding.how_it_goes_on.of(tongue))
    if finding.claimed_caller is not None and not finding.is_warning:
        _verify(finding.claimed_caller, dispatcher, tongue)
    _close(finding, dispatcher, tongue)


def _verify(caller_id: str, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    """How to reach the real one of whom somebody claims to be."""
    content = services().content
    caller = next(one for one in content.fraud.callers if one.id == caller_id)
    numbers = "\n".join(
        word("common_hotline", tongue, number=number, name=found.name.of(tongue), purpose=found.purpose.of(tongue))
        for number in caller.hotlines
        if (found := content.hotlines.get(number)) is not None
    )
    verify = caller.verify.of(tongue)
    say(dispatcher, "utter_screen_verify", caller=caller.name.of(tongue), verify=verify, numbers=numbers)


def _close(finding: Finding, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    """What to do, one rule to keep, and the ways on; then the next question, if one would change the verdict."""
    buttons = _buttons(finding, tongue)
    if finding.verdict in _FOUND:
        advice = _numbered(text.of(tongue) for text in finding.advice)
        rule = finding.rule_of_thumb.of(tongue) if finding.rule_of_thumb else word("screening_rule_general", tongue)
        say(dispatcher, "utter_screen_advice", buttons=buttons, advice=f"{advice}\n{rule}")
    else:
        say(dispatcher, "utter_screen_next", buttons=buttons, rule=word("screening_rule_general", tongue))
    for question in () if finding.reason in _TOO_LITTLE else finding.questions[:1]:
        answers = [
            button(word(f"screen_button_{answer}", tongue), "screen_answer", question=question.id, answer=answer)
            for answer in ("yes", "no")
        ]
        say(dispatcher, "utter_screen_question", buttons=answers, question=question.ask.of(tongue))


def _answered(tracker: Tracker) -> tuple[Finding, dict[str, bool]] | None:
    """The finding about the last message, with the answers given so far; nothing when there is none."""
    text = tracker.get_slot(_LAST)
    if not text:
        return None
    finding = services().screener.screen(str(text))
    answers = {str(name): bool(yes) for name, yes in (tracker.get_slot(_ANSWERS) or {}).items()}
    for name, yes in answers.items():
        finding = _with(finding, name, yes=yes)
    return finding, answers


def _with(finding: Finding, question: str, *, yes: bool) -> Finding:
    try:
        return with_answer(finding, question, yes=yes)
    except KeyError:
        return finding  # a button further up, of a question that is settled


class ActionScreenAnswer(Action):
    """Takes the answer to a question, tapped or typed, and says what it changes."""

    def name(self) -> str:
        return "action_screen_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, so_far = language(tracker), _answered(tracker)
        if so_far is None:
            say(dispatcher, "utter_what_now")
            return []
        before, answers = so_far
        asked = entity(tracker, "question") or next((question.id for question in before.questions), "")
        yes = (entity(tracker, "answer") or ("yes" if intent(tracker) == "affirm" else "no")) == "yes"
        after = _with(before, asked, yes=yes)
        answers[asked] = yes
        changed = after.verdict is not before.verdict
        key = f"screening_changed_{after.verdict}" if changed else "screening_unchanged"
        say(dispatcher, "utter_screen_changed", verdict=word(key, tongue))
        _close(after, dispatcher, tongue)
        return [SlotSet(_ANSWERS, answers)]


class ActionYesOrNo(Action):
    """A yes or a no in words: the answer to the question just asked, or to nothing."""

    def name(self) -> str:
        return "action_yes_or_no"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if last_turn(tracker) & {"action_show_finding", "action_screen_answer"}:
            so_far = _answered(tracker)
            if so_far is not None and so_far[0].questions:
                return await ActionScreenAnswer().run(dispatcher, tracker, domain)
        say(dispatcher, "utter_what_now")
        return []


# It has already happened.


class ActionFirstAid(Action):
    """Money, a code, the screen or a signature is gone: what to do in the next minutes, 110 first, without blame."""

    def name(self) -> str:
        return "action_first_aid"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        text = typed_text(tracker)
        if text and services().screener.screen(text).distress:
            say(dispatcher, "utter_screen_distress")
        pack = services().content.fraud.emergencies
        _first_aid(Emergency((), "", pack.steps, pack.source), dispatcher, tongue)
        # What was told now is what a report begins with, unless a message was looked at before.
        return [SlotSet(_LAST, text)] if text and not tracker.get_slot(_LAST) else []


def _first_aid(emergency: Emergency, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    steps = _numbered(step.of(tongue) for step in emergency.steps)
    buttons = [
        _titled("words", tongue, "screen_words"),
        _titled("report", tongue, "screen_report"),
        _titled("menu", tongue, "menu"),
    ]
    intro = word("screening_emergency_intro", tongue)
    say(dispatcher, "utter_screen_first_aid", buttons=buttons, intro=intro, steps=steps)


class ActionReportFinding(Action):
    """Begins a report with what is known already: the message looked at, and what kind of matter it is."""

    def name(self) -> str:
        return "action_report_finding"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        text = str(tracker.get_slot(_LAST) or "")
        finding = services().screener.screen(text) if text else None
        family = finding.families[0] if finding is not None and finding.families else None
        return begin_with(dispatcher, tracker, complaint_kind(family), text)


def complaint_kind(family: FraudFamily | None) -> Case:
    """What a complaint about a family of tricks is filed as."""
    if family is None or family.kind is not Kind.USURY:
        return Case.FRAUD
    return {"abusive-collection": Case.COLLECTION, "forced-bundle": Case.BUNDLE}.get(family.id, Case.COST)


# A verdict that somebody disputes, or wants to hear of when more is known.


class ActionAskReview(Action):
    """Asks leave to show the message to a person at the desk."""

    def name(self) -> str:
        return "action_ask_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue = language(tracker)
        if not tracker.get_slot(_LAST):
            buttons = [_titled("another", tongue, "check_message"), _titled("menu", tongue, "menu")]
            say(dispatcher, "utter_screen_nothing_to_review", buttons=buttons)
            return []
        wish = entity(tracker, "wish") or "dispute"
        buttons = [
            button(word("screen_button_agree", tongue), "screen_review_send", wish=wish),
            _titled("no_thanks", tongue, "menu"),
        ]
        say(dispatcher, "utter_screen_review_ask", buttons=buttons)
        return []


class ActionFileReview(Action):
    """Puts the message into the desk's queue; the answer comes back like that to a complaint."""

    def name(self) -> str:
        return "action_file_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: DomainDict) -> list[EventType]:
        tongue, text = language(tracker), str(tracker.get_slot(_LAST) or "")
        menu = [_titled("menu", tongue, "menu")]
        so_far = _answered(tracker)
        if so_far is None:
            say(dispatcher, "utter_screen_nothing_to_review", buttons=menu)
            return []
        finding, _ = so_far
        names = ", ".join(family.id for family in finding.families)
        draft = ComplaintDraft(
            # The same message sent twice is one case.
            draft_id=hashlib.sha256(text.encode()).hexdigest(),
            kind=Case.REVIEW,
            story=text,
            against="",
            when="",
            amount="",
            wish=word(f"screen_wish_{entity(tracker, 'wish') or 'dispute'}", tongue),
            language=tongue,
            channel=channel_of(tracker),
            sender=tracker.sender_id,
            consent=True,
            figures={"verdict": str(finding.verdict), "families": names},
        )
        try:
            filed = await asyncio.to_thread(services().complaints.file, draft)
        except Exception as error:  # noqa: BLE001 - whatever the store fails with, the person is told
            log.warning("review_not_filed", error=type(error).__name__)
            say(dispatcher, "utter_screen_review_failed", buttons=[*menu])
            return []
        card = receipt_card(filed, tongue)
        say(dispatcher, "utter_screen_review_filed", card=card, buttons=menu, receipt=card.receipt)
        return []


def _verdict(finding: Finding, tongue: Language) -> str:
    """The verdict in one sentence, naming the likeliest trick."""
    if finding.is_warning:
        return word("screening_verdict_warning", tongue)
    if not finding.families:
        return word(f"screening_verdict_{finding.verdict}{'_unknown' if finding.verdict in _FOUND else ''}", tongue)
    return word(f"screening_verdict_{finding.verdict}", tongue, family=finding.families[0].name.of(tongue))


def _findings(finding: Finding, tongue: Language) -> str:
    """The verdict's grounds, in the person's own words; when nothing is clear, what to send instead."""
    if finding.verdict not in _FOUND:
        return word(f"screening_hint_{finding.reason}", tongue) if finding.reason else ""
    quotes = (
        word("screen_sign", tongue, quote=_quoted(sign.quote), why=sign.why.of(tongue))
        for sign in finding.signs[:_MOST_QUOTED]
    )
    return "\n".join(quotes)


def _numbered(texts: Iterable[str]) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def verdict_card(finding: Finding, tongue: Language) -> VerdictCard:
    """The finding as a card; in an emergency first aid stands before the advice."""
    first_aid = [step.of(tongue) for step in finding.emergency.steps] if finding.emergency else []
    return VerdictCard(
        level=finding.verdict.value,
        title=word(f"screening_title_{_title(finding)}", tongue),
        families=[family.name.of(tongue) for family in finding.families],
        signs_title=word("screening_signs_title", tongue) if finding.signs else "",
        signs=[Sign(quote=sign.quote, why=sign.why.of(tongue)) for sign in finding.signs],
        advice_title=word("screening_emergency_title" if first_aid else "screening_advice_title", tongue),
        advice=[*first_aid, *(text.of(tongue) for text in finding.advice)],
        rule_of_thumb=finding.rule_of_thumb.of(tongue) if finding.rule_of_thumb else "",
        source=_source(finding, tongue),
    )


def _title(finding: Finding) -> str:
    if finding.verdict is Verdict.DANGER and finding.families and finding.families[0].kind is Kind.USURY:
        return "danger_usury"
    return str(finding.verdict)


def _source(finding: Finding, tongue: Language) -> str:
    if not finding.families:
        return ""
    family = finding.families[0]
    key = "screening_source" if family.is_current(today()) else "screening_source_check"
    return word(key, tongue, source=family.source, as_of=family.as_of)


def _buttons(finding: Finding, tongue: Language) -> list[Json]:
    place = {"lesson_id": finding.lesson or _GENERAL_LESSON, "lesson_step": "0"}
    buttons = [_titled("lesson", tongue, "lesson_open", **place), _titled("another", tongue, "check_message")]
    if finding.verdict in _FOUND:
        buttons = [
            _titled("paid", tongue, "already_paid"),
            _titled("complain", tongue, "screen_report"),
            *buttons,
            _titled("dispute", tongue, "dispute_verdict", wish="dispute"),
        ]
    else:
        buttons.append(_titled("tell_me", tongue, "dispute_verdict", wish="tell_me"))
    return [*buttons, _titled("menu", tongue, "menu")]


def _titled(key: str, tongue: Language, intent_name: str, **entities: str) -> Json:
    return button(word(f"screen_button_{key}", tongue), intent_name, **entities)
