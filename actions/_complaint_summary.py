"""A complaint as it will be sent: to be read and corrected first, and then handed over."""

import secrets
from dataclasses import dataclass

from rasa_sdk import Tracker

from actions._complaint_chat import loan_of, message_of
from actions._complaint_entered import Entered
from actions._support import Json, button, language, services, word
from bot.complaints import Answer, ComplaintDraft, Kind
from bot.messages import Channel, Language

_COMMON = ("against", "when", "amount", "wish")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary."""

    field: str
    label: str
    value: str
    """Empty when it was not said."""
    known: bool = False
    """Taken from the chat."""

    def shown(self, tongue: Language) -> str:
        """The value as it is read."""
        if not self.value:
            return word("complaint_not_said", tongue)
        return word("complaint_from_chat", tongue, value=self.value) if self.known else self.value


class Summary:
    """Everything that was entered, and what the chat adds."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._tongue = language(tracker)
        forms = services().content.complaints
        self._kinds = forms.kinds
        self._behalf = forms.behalf
        self.entered = Entered(tracker, forms)
        loan, message = loan_of(tracker), message_of(tracker)
        self._loan, self._message = self.entered.loan(loan), self.entered.message(message)
        there = {"loan": loan, "message": message}
        self._left_out = [part for part in sorted(self.entered.takes & self.entered.left_out) if there[part]]

    def rows(self) -> list[Row]:
        """What is sent, in the order it was asked. What nobody asked for is there only when it was said."""
        entered, tongue = self.entered, self._tongue
        rows = [self._row("kind", word(f"case_kind_{entered.get('kind')}", tongue)), self._row("behalf", self._whom())]
        rows.append(self._row("story", entered.get("story"), known=not entered.is_open("story_known")))
        for question in entered.questions:
            given = entered.answers.get(question.id)
            if given is not None:
                value = given.shown(question, tongue)
                rows.append(Row(question.id, question.label.of(tongue), value, known=given.known))
        if self._loan is not None:
            rows.append(self._row("loan", self._loan.line(), known=True))
        if self._message is not None and self._message.text != entered.get("story"):
            rows.append(self._row("message", self._message.line(tongue), known=True))
        return [*rows, self._row("contact", entered.get("contact"))]

    def corrections(self) -> list[Json]:
        """A button for each part: to say it again, to add it, or to leave out what the chat added, and back."""
        shown = {row.field for row in self.rows()}
        more = [
            Row(question.id, question.label.of(self._tongue), "")
            for question in self.entered.questions
            if question.id not in shown
        ]
        more += [self._row(part, "") for part in self._left_out]
        return [
            button(self._correction(row, is_shown=row.field in shown), "complaint_correct", complaint_field=row.field)
            for row in [*self.rows(), *more]
        ]

    def draft(self, channel: Channel) -> ComplaintDraft:
        """What the desk gets."""
        entered, tongue = self.entered, self._tongue
        kind = Kind(entered.get("kind"))
        contact = entered.get("contact")
        with_contact = bool(contact) and entered.get("consent") == "with_contact"
        said = {
            question.id: given.shown(question, tongue)
            for question in entered.questions
            if (given := entered.answers.get(question.id)) is not None
        }
        figures = (self._loan.facts() if self._loan else {}) | (self._message.facts() if self._message else {})
        return ComplaintDraft(
            draft_id=entered.get("draft_id") or secrets.token_urlsafe(16),
            kind=kind,
            story=entered.get("story"),
            against=said.get("against", ""),
            when=said.get("when", ""),
            amount=said.get("amount") or self._borrowed(said),
            wish=said.get("wish", ""),
            language=tongue,
            channel=channel,
            sender=self._tracker.sender_id,
            consent=True,
            contact=contact if with_contact else None,
            contact_consent=with_contact,
            figures=figures or None,
            on_behalf=entered.behalf,
            answers=self._answers(said),
            pack_version=self._kinds[kind].version,
        )

    def _answers(self, said: dict[str, str]) -> tuple[Answer, ...]:
        entered, tongue = self.entered, self._tongue
        answers = [
            Answer(question.id, question.ask.of(tongue), said[question.id], entered.answers[question.id].option)
            for question in entered.questions
            if said.get(question.id) and question.id not in _COMMON
        ]
        if self._message is not None and self._message.text != entered.get("story"):
            answers.append(Answer("message", word("complaint_field_message", tongue), self._message.text))
        return tuple(answers)

    def _borrowed(self, said: dict[str, str]) -> str:
        return next((said.get(one.id, "") for one in self.entered.questions if one.from_loan == "principal"), "")

    def _whom(self) -> str:
        option = self._behalf.option(self.entered.behalf)
        return (
            option.title.of(self._tongue) if option else word(f"complaint_behalf_{self.entered.behalf}", self._tongue)
        )

    def _row(self, field: str, value: str, *, known: bool = False) -> Row:
        return Row(field, word(f"complaint_field_{field}", self._tongue), value, known)

    def _correction(self, row: Row, *, is_shown: bool) -> str:
        if is_shown and row.field in {"loan", "message"}:
            return word("complaint_button_leave_out", self._tongue, label=row.label)
        key = "correct" if is_shown and row.value else "add"
        return word(f"complaint_button_{key}", self._tongue, label=row.label)
