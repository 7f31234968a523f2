"""The offer shown last, for the skills that go on from it: compared, afforded, repaid early."""

from rasa_sdk import Tracker

from actions._loan_offer import Offer
from bot.lending import Quote, TermsError


def offer_shown(tracker: Tracker) -> Offer:
    """The offer in the loan skill's slot, complete or not."""
    return Offer.from_slot(tracker.get_slot("loan_offer"))


def worked_out(offer: Offer) -> Quote | None:
    """What an offer costs; nothing while it is short of something, or makes no sense."""
    if offer.is_short_of_essentials or offer.turned_round is not None:
        return None
    try:
        return offer.quote()
    except TermsError:
        return None


def quote_shown(tracker: Tracker) -> Quote | None:
    """What the offer shown last costs; nothing while the loan form still asks for it."""
    return None if tracker.active_loop_name == "loan_form" else worked_out(offer_shown(tracker))
