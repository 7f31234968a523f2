"""Says a comparison: the sentences with their card, every offer as a line, what to mind, and what to do next."""

from collections.abc import Sequence

from rasa_sdk.executor import CollectingDispatcher

from actions._comparison_card import SideBySide
from actions._loan_card import Costed
from actions._loan_offer import Offer
from actions._offer_shown import worked_out
from actions._support import Json, button, say, services, today, word
from bot.content.law import Lender
from bot.lending import check_lines
from bot.messages import Language

COMPARED = "compared_offers"
"""The slot of the offers the one in ``loan_offer`` is compared with; empty when nothing is compared."""
MOST, FEWEST = 4, 2
"""Offers that can be shown together."""
_LINES_A_MESSAGE = 2


def say_comparison(offers: Sequence[Offer], dispatcher: CollectingDispatcher, tongue: Language) -> None:
    """Show the offers side by side; those that cannot be worked out are left out."""
    known = [(offer, costed) for offer in offers if (costed := _costed(offer, tongue)) is not None]
    if len(known) < FEWEST:
        say(
            dispatcher,
            "utter_comparison_none",
            buttons=[_titled("add", tongue, "compare_offers"), button(word("common_menu", tongue), "menu")],
        )
        return
    shown = SideBySide([offer for offer, _ in known], [costed for _, costed in known], tongue)
    say(dispatcher, "utter_comparison", card=shown.card(), sentences=shown.sentences())
    described = shown.described()
    for start in range(0, len(described), _LINES_A_MESSAGE):
        say(dispatcher, "utter_comparison_lines", lines="\n".join(described[start : start + _LINES_A_MESSAGE]))
    buttons = [
        _titled("remove", tongue, "remove_offer"),
        _titled("afford", tongue, "ask_affordable"),
        button(word("common_menu", tongue), "menu"),
    ]
    if len(known) < MOST:
        buttons.insert(0, _titled("add", tongue, "compare_offers"))
    warnings = "".join(f"{warning}\n" for warning in shown.warnings())
    say(dispatcher, "utter_comparison_note", buttons=buttons, warnings=warnings)


def _costed(offer: Offer, tongue: Language) -> Costed | None:
    found, day, content = worked_out(offer), today(), services().content
    if found is None:
        return None
    checks = check_lines(found.rate.nominal, offer.lender or Lender.UNKNOWN, offer.signed or day, content.law, day)
    return Costed(found, checks, content, tongue)


def _titled(key: str, tongue: Language, intent_name: str) -> Json:
    return button(word(f"comparison_button_{key}", tongue), intent_name)
