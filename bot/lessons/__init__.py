"""Short lessons with a two-question check: pages, questions, and how far somebody is. Pure."""

from bot.lessons.course import Course, Grade, Place, Stage

__all__ = ["Course", "Grade", "Place", "Stage"]
