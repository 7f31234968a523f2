"""What a person's words become before anything else sees them. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.conversations.model import LanguageSource, Speech
from bot.language import clean, guess_language, mask
from bot.messages import Language, Message

MAX_TEXT = 4000
_KEPT_OF_TOO_LONG = 200
_SET_LANGUAGE = "/set_language"
MENU = "/menu"
FOLLOW_CASE = "/follow_case"
FILES_SENT = "/evidence_sent"
"""What Rasa hears when files were kept. No button ever carries it, so nobody can send it."""
STANDING_PAYLOADS: Mapping[str, str] = MappingProxyType(
    {
        MENU: "gateway_menu",
        "/ask_loan_cost": "gateway_ask_loan_cost",
        "/check_message": "gateway_check_message",
        "/learn": "gateway_learn",
        "/start_complaint": "gateway_start_complaint",
        FOLLOW_CASE: "gateway_follow_case",
        f'{_SET_LANGUAGE}{{"language": "zh"}}': "gateway_chinese",
        f'{_SET_LANGUAGE}{{"language": "en"}}': "gateway_english",
    }
)
"""What may be tapped at any time, with the wording key of its title: the menu, each entry of it, the languages.

Channels with a menu of their own (Telegram's commands) offer these from the start.
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """Typed text made harmless. ``refusal`` is the wording key of why Rasa does not get it."""

    shown: str
    for_rasa: str = ""
    refusal: str = ""
    is_masked: bool = False
    """Something in it was nobody's business, and the person should hear so."""


def hear(text: str) -> Heard:
    """Clean, mask, and make sure that no typed text acts as a payload."""
    cleaned = clean(text)
    if len(cleaned) > MAX_TEXT:
        # The whole of it is masked before the cut, so that no half of a number escapes the mask.
        masked = mask(cleaned)
        kept = f"{masked.text[:_KEPT_OF_TOO_LONG]}…"
        return Heard(kept, refusal="gateway_too_long", is_masked=bool(masked.kinds))
    masked = mask(cleaned)
    text = masked.text
    if not text:
        return Heard("", refusal="gateway_empty")
    # Rasa takes whatever begins with a slash for a payload.
    for_rasa = f"／{text[1:]}" if text.startswith("/") else text
    return Heard(text, for_rasa, is_masked=bool(masked.kinds))


def tapped_by_typing(latest: Sequence[Message], text: str) -> str | None:
    """The payload of a button of the last answer whose name was typed out, or its letter ("b" for "B. …").

    Everything that can be tapped can be typed; so a person whose screen reader or keyboard suits them better is not
    left out, and a quiz can be answered aloud.
    """
    typed = text.strip().rstrip("。.!！").casefold()
    for message in reversed(latest):
        if message.author == "user":
            return None
        for button in message.buttons:
            title = button.title.casefold()
            if typed == title or (len(typed) == 1 and typed.isalpha() and title.startswith(f"{typed}. ")):
                return button.payload
    return None


def follow_typing(speech: Speech, text: str) -> Speech:
    """The language to go on in after somebody typed this. What they chose themselves stays."""
    guess = guess_language(text)
    if speech.source is LanguageSource.CHOSEN or guess is None:
        return speech
    lone_word = guess is Language.EN and len(text.split()) == 1
    if lone_word and speech.source is LanguageSource.GUESSED:
        # "ok", "LPR", "APP": Chinese speakers type them too.
        return speech
    return replace(speech, language=guess, source=LanguageSource.GUESSED)


def follow_tapping(speech: Speech, payload: str) -> Speech:
    """The language to go on in after a button: its own choice if it is one of language."""
    if not payload.startswith(f"{_SET_LANGUAGE}{{"):
        return speech
    try:
        language = Language(json.loads(payload.removeprefix(_SET_LANGUAGE))["language"])
    except (ValueError, KeyError, TypeError):
        return speech
    return replace(speech, language=language, source=LanguageSource.CHOSEN)
