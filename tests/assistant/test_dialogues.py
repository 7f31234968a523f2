"""Dialogues with the trained model, every one in both languages: ``dialogues/<skill>.yml``.

A turn is ``say`` (typed) or ``tap`` (the newest button whose title begins so). What comes back must contain each of
``shows``, none of ``hides``, offer each of ``buttons`` and carry each of ``cards``.
"""

from pathlib import Path
from typing import Any

import pytest

from bot.content.base import read_yaml

FOLDER = Path(__file__).parent / "dialogues"
WORDS = frozenset({"say", "tap", "shows", "hides", "buttons", "cards"})
DIALOGUES: dict[str, dict[str, list[dict[str, Any]]]] = {
    f"{file.stem}: {name}": languages
    for file in sorted(FOLDER.glob("*.yml"))
    for name, languages in read_yaml(file).items()
}


@pytest.mark.parametrize("name", DIALOGUES)
def test_every_dialogue_is_there_in_both_languages(name):
    assert set(DIALOGUES[name]) == {"zh", "en"}
    zh, en = DIALOGUES[name]["zh"], DIALOGUES[name]["en"]
    assert len(zh) == len(en)
    for ours, theirs in zip(zh, en, strict=True):
        assert {"say", "tap"} & set(ours) == {"say", "tap"} & set(theirs)
        assert set(ours) | set(theirs) <= WORDS


@pytest.mark.rasa
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", DIALOGUES)
def test_dialogue(talk, name, language):
    conversation = talk(language)
    for number, turn in enumerate(DIALOGUES[name][language], 1):
        messages = conversation.tap(turn["tap"]) if "tap" in turn else conversation.say(turn["say"])
        said = "\n".join(message["text"] for message in messages)
        titles = [button["title"] for message in messages for button in message["buttons"]]
        where = f"turn {number}, {turn}\n{said}\n{titles}"
        assert [words for words in turn.get("shows", ()) if str(words) not in said] == [], where
        assert [words for words in turn.get("hides", ()) if str(words) in said] == [], where
        assert [one for one in turn.get("buttons", ()) if not any(t.startswith(one) for t in titles)] == [], where
        cards = [message["card"]["type"] for message in messages if message["card"]]
        assert [card for card in turn.get("cards", ()) if card not in cards] == [], where
