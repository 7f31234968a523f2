"""Canned replies with their fields filled in: a text to begin from, never one that is sent by itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from babel.dates import format_date

from bot.complaints import CaseFile, Status
from bot.complaints.promises import CHINA, Promises
from bot.console.i18n import translations
from bot.content.desk import CannedReply
from bot.messages import Language

_DAY = {Language.ZH: ("M月d日", "zh_CN"), Language.EN: ("d MMMM", "en_GB")}


class Replies:
    """The replies of the desk's pack, each named ``<id>.<language>`` in forms and addresses."""

    def __init__(self, replies: Mapping[str, CannedReply], promises: Promises) -> None:
        self._replies = replies
        self._promises = promises

    def offered(self, first: Language) -> Iterator[tuple[Language, list[tuple[str, str]]]]:
        """For each language, the resident's first: names and titles."""
        for language in sorted(Language, key=lambda one: one is not first):
            yield language, [(f"{key}.{language}", reply.title.of(language)) for key, reply in self._replies.items()]

    def filled(self, name: str, file: CaseFile, handler: str, now: datetime) -> str:
        """A reply for this case; empty when there is none of that name."""
        key, _, code = name.partition(".")
        if key not in self._replies or code not in set(Language):
            return ""
        language = Language(code)
        say = translations(language).gettext
        return self._replies[key].text.of(language).format(
            number=file.case.number,
            kind=say(f"kind.{file.case.kind}"),
            handler=handler,
            institution=file.particulars.against or say("reply.institution"),
            due=self._due(file, now, language),
        )  # fmt: skip

    def _due(self, file: CaseFile, now: datetime, language: Language) -> str:
        case = file.case
        due = case.due_at
        if due is None or due <= now:
            # Nothing is owed, or it is late already: the day that a promise made now would end on.
            due = self._promises.due(
                case.kind, Status.IN_PROGRESS, unanswered=True, opened_at=case.opened_at, now=now, owed=None
            )
        # A promise ends at the midnight after its day.
        day = (due.astimezone(CHINA) - timedelta(seconds=1)).date()
        pattern, locale = _DAY[language]
        return format_date(day, pattern, locale)
