"""Conversations: what every gateway stands on, free of framework and storage."""

from bot.conversations.errors import (
    AddressGoneError,
    AddressTakenError,
    AssistantUnavailableError,
    ConversationError,
    ConversationNotFoundError,
)
from bot.conversations.model import Conversation, Delivery, Feed, LanguageSource, Opened, Speech
from bot.conversations.service import KEPT, Conversations
from bot.conversations.text import MAX_TEXT, MENU, STANDING_PAYLOADS

__all__ = [
    "KEPT",
    "MAX_TEXT",
    "MENU",
    "STANDING_PAYLOADS",
    "AddressGoneError",
    "AddressTakenError",
    "AssistantUnavailableError",
    "Conversation",
    "ConversationError",
    "ConversationNotFoundError",
    "Conversations",
    "Delivery",
    "Feed",
    "LanguageSource",
    "Opened",
    "Speech",
]
