"""What can go wrong in a conversation."""


class ConversationError(Exception):
    """Base of this package's errors. None carries text of a message."""


class ConversationNotFoundError(ConversationError):
    """No conversation has this id: never, or no more."""


class AddressTakenError(ConversationError):
    """Another process opened a conversation for this address a moment earlier."""


class AssistantUnavailableError(ConversationError):
    """Rasa did not answer. Nothing was kept of the turn; the same ``client_message_id`` may be tried again."""


class AddressGoneError(ConversationError):
    """A gateway's word that this address can never be reached again (the person blocked the bot)."""
