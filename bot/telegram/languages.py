"""Which of our languages a Telegram client is set to."""

from bot.messages import Language


def language_of(code: str | None) -> Language | None:
    """The language a client is set to, if it is one of ours."""
    if not code:
        return None
    return Language.ZH if code.lower().startswith("zh") else Language.EN
