"""How the complaint's form takes answers: tapped, typed, skipped, corrected."""

import secrets

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions._complaint_age import says_under_14
from actions._complaint_chat import loan_of
from actions._complaint_entered import LONGEST_STORY, PREFIX, WHICH, Entered, Given, matching, says
from actions._support import entity, intent, language, say, services, size, word
from bot.complaints import Kind, OnBehalf
from bot.messages import Language

SEND = "send"
_SKIP = "skip"
_LIMITS = {"story": LONGEST_STORY, "contact": 200}
_CONTACT_CONSENTS = frozenset({"with_contact", "without_contact"})
_SAYS_MORE_THAN_A_CHOICE = 6
"""A text of this size, typed where a choice was asked for, tells what happened."""
_NAMES_A_KIND = 8
"""A text of at most this size can name a kind by its words."""


class Turn:
    """One turn of the form: what was entered before, and what the person has just done."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.tongue = language(tracker)
        self.forms = services().content.complaints
        self.entered = Entered(tracker, self.forms)
        self.asked = str(tracker.get_slot("requested_slot") or "").removeprefix(PREFIX)

    def finish(self) -> list[EventType]:
        """What has changed; when nothing has, that the question stays open."""
        self.entered.settle(loan_of(self.tracker))
        return self.entered.events() or [SlotSet(PREFIX + self.asked, self.tracker.get_slot(PREFIX + self.asked))]

    # Tapped.

    def tapped(self) -> list[EventType]:
        """Take a button of the form; nothing when it fits nothing here."""
        done = self._tapped(intent(self.tracker))
        return self.finish() if done else []

    def _tapped(self, what: str | None) -> bool:
        field, value = entity(self.tracker, "complaint_field"), entity(self.tracker, "complaint_value") or ""
        if what == "complaint_send":
            return self._send()
        if what == "complaint_correct":
            return self.entered.correct(field or WHICH)
        return what == "complaint_choose" and field is not None and self._chosen(field, value)

    def _send(self) -> bool:
        if self.asked != "review":
            return False
        self.entered.put("asking", None)
        self.entered.put("review", SEND)
        return True

    def _chosen(self, field: str, value: str) -> bool:
        match field:
            case "draft":
                return self._anew()
            case "kind":
                return value in self.forms.kinds and self._kind(Kind(value))
            case "behalf" | "leave":
                return self._whom(field, value)
            case "contact":
                return value == _SKIP and self._text("contact", "")
            case "consent":
                return self._consent(value)
        return self._option(field, value)

    def _anew(self) -> bool:
        self.entered.forget()
        self.entered.put("draft_id", secrets.token_urlsafe(16))
        return True

    def _kind(self, kind: Kind) -> bool:
        if kind is Kind.FRAUD and self.entered.get("kind") != kind:
            say(self.dispatcher, "utter_complaint_hurry")
        self.entered.put("kind", kind.value)
        return True

    def _whom(self, field: str, value: str) -> bool:
        entered = self.entered
        if (field, value) == ("behalf", "under_14"):
            return self._under_14()
        if field == "behalf" and value in set(OnBehalf):
            if value != entered.get("behalf"):
                # What was agreed to before was agreed to by somebody else.
                entered.put("consent", None)
            entered.put("behalf", value)
            entered.put("guardian", None)
            # With the child sits whoever has just agreed.
            entered.put("leave", "guardian" if value == OnBehalf.CHILD else None)
            return True
        if field != "leave" or self.forms.leave.option(value) is None or entered.behalf is OnBehalf.SELF:
            return False
        if value in {"not_yet", "child"}:
            say(self.dispatcher, f"utter_complaint_ask_{'guardian' if value == 'child' else 'them'}_first")
            entered.put("leave", None)
            return True
        if value == "guardian":
            entered.put("behalf", OnBehalf.CHILD.value)
        entered.put("leave", value)
        return True

    def _under_14(self) -> bool:
        self.entered.forget_private()
        self.entered.put("behalf", None)
        self.entered.put("guardian", "needed")
        return True

    def _option(self, field: str, value: str) -> bool:
        question = self.entered.question(field)
        if question is None:
            return False
        if value == "enough":
            self.entered.skip_rest()
        elif value == _SKIP:
            self.entered.answer(question, Given())
        elif question.option(value) is not None:
            self.entered.answer(question, Given(option=value))
        else:
            return False
        return True

    def _consent(self, value: str) -> bool:
        entered = self.entered
        if value == "without_contact":
            entered.put("contact", "")
            entered.put("consent", value)
        elif value == ("with_contact" if entered.get("contact") else "yes"):
            entered.put("consent", value)
        else:
            if value == "no":
                say(self.dispatcher, "utter_complaint_no_consent")
            entered.put("consent", None)
        return True

    # Typed.

    def typed(self, text: str) -> list[EventType]:
        """Take what was typed: it belongs to the question asked, whatever it says."""
        if self.asked in {"kind", "behalf", "story"} and self.entered.behalf is OnBehalf.SELF and says_under_14(text):
            self._under_14()
        elif self.asked in _LIMITS:
            if self._fits(text, _LIMITS[self.asked]):
                self._typed_text(text)
        elif self.asked == "details":
            self._typed_answer(text)
        elif self.asked == "kind":
            self._typed_kind(text)
        elif self.asked in {"behalf", "leave"}:
            self._typed_whom(text)
        else:
            self._typed_choice(text)
        return self.finish()

    def _fits(self, text: str, limit: int) -> bool:
        if len(text) > limit:
            say(self.dispatcher, "utter_complaint_too_long", limit=limit)
        return len(text) <= limit

    def _typed_text(self, text: str) -> None:
        reachable = any(letter.isdigit() or letter == "@" for letter in text)
        declined = intent(self.tracker) == "deny" or _is_skip(text)
        self._text(self.asked, "" if self.asked == "contact" and declined and not reachable else text)

    def _text(self, field: str, text: str) -> bool:
        self.entered.put(field, text)
        if field == "contact":
            # What was agreed to before was about another contact.
            self.entered.put("consent", None)
        elif field == "story":
            self.entered.put("story_known", None)
        return True

    def _typed_answer(self, text: str) -> None:
        question = next(iter(self.entered.open_questions), None)
        if question is None:
            return
        option = matching(question, text, whole=True)
        if option or (_is_skip(text) and question.optional):
            self.entered.answer(question, Given(option=option))
        elif self._fits(text, question.limit):
            self.entered.answer(question, Given(text=text))

    def _typed_kind(self, text: str) -> None:
        kind = self._named_kind(text)
        if kind is not None:
            self._kind(kind)
            return
        self._tells_already(text)
        say(self.dispatcher, "utter_complaint_tap")

    def _named_kind(self, text: str) -> Kind | None:
        said = text.strip().casefold()
        for kind in self.forms.kinds:
            if said in {word(f"case_kind_{kind}", tongue).casefold() for tongue in Language}:
                return Kind(kind)
        if size(text) > _NAMES_A_KIND:
            return None
        named = [kind for kind, pack in self.forms.kinds.items() if any(says(said, one) for one in pack.words)]
        return Kind(named[0]) if len(named) == 1 else None

    def _tells_already(self, text: str) -> None:
        if size(text) >= _SAYS_MORE_THAN_A_CHOICE and not self.entered.get("story"):
            # They tell the story already; it is not asked for a second time.
            self.entered.put("story", text[:LONGEST_STORY])

    def _typed_whom(self, text: str) -> None:
        question = self.forms.behalf if self.asked == "behalf" else self.forms.leave
        # Consent is not read into words that only hold a yes.
        option = matching(question, text, whole=self.asked == "leave")
        if option and self._whom(self.asked, option):
            return
        if self.asked == "behalf":
            self._tells_already(text)
        say(self.dispatcher, "utter_complaint_tap")

    def _typed_choice(self, text: str) -> None:
        """Yes or no in words, where there is no doubt what to; else the buttons are pointed at."""
        entered, meant = self.entered, intent(self.tracker)
        if self.asked == "review" and self._names_a_part(text):
            return
        if self.asked == "review" and meant == "affirm" and entered.get("asking") != WHICH:
            entered.put("review", SEND)
        elif self.asked == "consent" and meant == "affirm" and not entered.get("contact"):
            entered.put("consent", "yes")
        elif self.asked == "consent" and meant == "deny":
            self._consent("no")
        else:
            say(self.dispatcher, "utter_complaint_tap")

    def _names_a_part(self, text: str) -> bool:
        labels = {one.id: one.label.of(self.tongue) for one in self.entered.questions}
        labels |= {one: word(f"complaint_field_{one}", self.tongue) for one in ("kind", "behalf", "story", "contact")}
        named = [field for field, label in labels.items() if says(text, label)]
        return len(named) == 1 and self.entered.correct(named[0])


def _is_skip(text: str) -> bool:
    said = text.strip(" \t\n.!。！～~,，了呢啊吧").casefold()
    return any(said in word("complaint_words_skip", tongue).split("/") for tongue in Language)


def consents(entered: Entered) -> list[str]:
    """The ways to agree, or not: with a choice of its own for the contact."""
    return [*sorted(_CONTACT_CONSENTS), "no"] if entered.get("contact") else ["yes", "no"]
