"""Loads and checks the content packs: reviewed facts with source, date and expiry. Pure."""

from bot.content.base import Bilingual, Confidence, ContentError, Fact
from bot.content.loader import Content, load_content

__all__ = ["Bilingual", "Confidence", "Content", "ContentError", "Fact", "load_content"]
