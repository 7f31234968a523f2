"""What every skill's actions share: language, services, what was typed or tapped, and how to say something."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, cast

import yaml
from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.messages import AnyCard, Language
from bot.services import Services
from bot.settings import ROOT, Settings

Json = dict[str, Any]

_CHINA = timezone(timedelta(hours=8))
_made: list[Services] = []


def services() -> Services:
    """The services of this process, made when first wanted."""
    if not _made:
        _made.append(Services(Settings()))
    return _made[0]


def set_services(replacement: Any) -> None:
    """Use other services from now on; ``None`` makes new ones of the settings. For tests."""
    _made[:] = [] if replacement is None else [replacement]


def today() -> date:
    """The date in China, which is the date people mean."""
    return datetime.now(UTC).astimezone(_CHINA).date()


def language(tracker: Tracker) -> Language:
    """The language of the conversation."""
    return Language.EN if tracker.get_slot("language") == Language.EN else Language.ZH


def word(key: str, tongue: Language, **values: object) -> str:
    """One text of ``data/wording``."""
    return services().content.wording.say(key, tongue, **values)


def typed_text(tracker: Tracker) -> str | None:
    """What was typed last; ``None`` when a button was tapped, or nothing was said.

    Whatever begins with a slash is a button's payload: the gateways make sure that nothing typed does.
    """
    text = ((tracker.latest_message or {}).get("text") or "").strip()
    return None if not text or text.startswith("/") else text


def intent(tracker: Tracker) -> str | None:
    """What the latest message was taken to mean."""
    return ((tracker.latest_message or {}).get("intent") or {}).get("name")


def entity(tracker: Tracker, name: str) -> str | None:
    """A value carried by the button tapped last."""
    value = next(tracker.get_latest_entity_values(name), None)
    return None if value is None else str(value)


def payload(intent_name: str, **entities: str) -> str:
    """What a button sends to Rasa."""
    return f"/{intent_name}{json.dumps(entities, ensure_ascii=False) if entities else ''}"


def button(title: str, intent_name: str, **entities: str) -> Json:
    """A button made by an action."""
    return {"title": title, "payload": payload(intent_name, **entities)}


def say(
    dispatcher: CollectingDispatcher,
    response_name: str,
    card: AnyCard | None = None,
    buttons: Sequence[Json] = (),
    **values: object,
) -> None:
    """Say a response of the domain, with values for its placeholders, buttons besides its own, and a card."""
    dispatcher.utter_message(
        response=response_name,
        buttons=list(buttons),
        json_message=None if card is None else {"card": card.model_dump(mode="json")},
        **cast("Json", {name: _harmless(value) for name, value in values.items()}),
    )


def _harmless(value: object) -> str:
    # Rasa takes "0[" in what it has filled in for a placeholder gone wrong, and shows the template instead.
    return str(value).replace("0[", "0［")


# A Chinese letter says about as much as half a word of Latin letters.
_PIECES = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+")


def is_aside(tracker: Tracker, own: frozenset[str]) -> bool:
    """Whether a form must leave this turn to other rules: another button, or a command such as "cancel", word for word.

    ``own`` are the intents of the form's own buttons. Everything else that is typed is an answer, so that neither a
    story that begins with "I wanted to cancel the loan" nor the wish "stop the calls" throws away what was entered.
    """
    text = typed_text(tracker)
    if text is None:
        return intent(tracker) not in own
    return text.strip(" \t\n.!。！～~,，?？").casefold() in _commands().get(intent(tracker) or "", ())


@cache
def _commands() -> dict[str, frozenset[str]]:
    """The words that leave a form, by the intent they are commands of."""
    read = yaml.safe_load((ROOT / "data" / "lookup" / "commands.yml").read_text(encoding="utf-8"))
    return {str(name): frozenset(map(str, words)) for name, words in read.items()}


def last_turn(tracker: Tracker) -> set[str]:
    """The names of the actions that answered the turn before this one."""
    turns = _actions_by_turn(tracker.events)
    next(turns, None)  # the present turn
    return next(turns, set())


def _actions_by_turn(events: Sequence[Json]) -> Iterator[set[str]]:
    actions: set[str] = set()
    for event in reversed(events):
        if event.get("event") == "action":
            actions.add(event.get("name") or "")
        elif event.get("event") == "user":
            yield actions
            actions = set()


def size(text: str) -> int:
    """How much is said, in Chinese letters; a word of other letters counts as two."""
    return sum(1 if "㐀" <= piece[0] <= "鿿" else 2 for piece in _PIECES.findall(text))


def leave_form() -> list[EventType]:
    """Events that end whatever form is open; what was entered stays."""
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def forget_entered(tracker: Tracker, *kept: str) -> list[EventType]:
    """Events that empty every slot but the language and those named."""
    spared = {"language", "requested_slot", *kept}
    # Rasa's own bookkeeping slots come with the tracker too.
    return [
        SlotSet(name, None)
        for name, value in tracker.slots.items()
        if value is not None and name not in spared and not name.startswith("session_")
    ]
