"""Rasa adapter for screening: a pasted message in, a verdict with its words and what to do now out."""

import re
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions._support import Json, button, intent, is_aside, language, say, services, size, today, typed_text, word
from bot.content.fraud import Kind
from bot.messages import Language, Sign, VerdictCard
from bot.screening import Finding, Reason, Verdict

_SLOT = "screen_text"
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
    """The verdict, the words that gave it away, and what to do now. The message itself is not kept."""

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
        return [SlotSet(_SLOT, None), *again]


def _show(finding: Finding, dispatcher: CollectingDispatcher, tongue: Language) -> None:
    if finding.emergency is not None:
        steps = _numbered(step.of(tongue) for step in finding.emergency.steps)
        intro = word("screening_emergency_intro", tongue)
        say(dispatcher, "utter_screen_first_aid", intro=intro, steps=steps)
    say(
        dispatcher,
        f"utter_screen_{finding.verdict}",
        card=verdict_card(finding, tongue),
        verdict=_verdict(finding, tongue),
        findings=_findings(finding, tongue),
    )
    buttons = _buttons(finding, tongue)
    if finding.verdict not in _FOUND:
        say(dispatcher, "utter_screen_next", buttons=buttons)
        return
    advice = _numbered(text.of(tongue) for text in finding.advice)
    rule = finding.rule_of_thumb.of(tongue) if finding.rule_of_thumb else ""
    say(dispatcher, "utter_screen_advice", buttons=buttons, advice="\n".join(part for part in (advice, rule) if part))


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
    buttons = [_titled("another", tongue, "check_message")]
    if finding.verdict in _FOUND:
        buttons.insert(0, _titled("complain", tongue, "start_complaint"))
        if finding.lesson:
            place = {"lesson_id": finding.lesson, "lesson_step": "0"}
            buttons.insert(1, _titled("lesson", tongue, "lesson_open", **place))
    return [*buttons, _titled("menu", tongue, "menu")]


def _titled(key: str, tongue: Language, intent_name: str, **entities: str) -> Json:
    return button(word(f"screen_button_{key}", tongue), intent_name, **entities)
