"""``mingbai understand``: what texts are about, by the trained model. JSON lines in, JSON lines out.

Runs in Rasa's environment, without a server: ``python understand.py MODEL``.
"""

import asyncio
import json
import logging
import os
import re
import sys
from typing import Any, TextIO

import structlog
from rasa.core.agent import Agent

_TOPICS = {
    "ask_loan_cost": "loan_cost",
    "ask_usury": "usury_check",
    "check_message": "fraud_check",
    "already_paid": "fraud_check",
    "dispute_verdict": "fraud_check",
    "compare_offers": "loan_cost",
    "remove_offer": "loan_cost",
    "ask_affordable": "loan_cost",
    "check_disclosure": "loan_cost",
    "plan_debts": "debt_trouble",
    "start_complaint": "complaint",
    "follow_case": "complaint",
    "who_can_act": "complaint",
    "ask_credit_record": "credit_record",
    "ask_basic": "learn_basic",
    "learn": "learn_basic",
    "debt_trouble": "debt_trouble",
    "early_repayment": "early_repayment",
    "out_of_scope": "out_of_scope",
}
_SMALLTALK = "smalltalk"
_FALLBACK = "nlu_fallback"
_MOST_LETTERS = 4000
"""As much as a person may send to the assistant."""
_CHINESE = re.compile("[㐀-鿿]")
_LATIN = re.compile("[A-Za-z]{2}")


def language_of(text: str) -> str | None:
    """Chinese when any Chinese letter stands in it, English when it has Latin words, else unknown."""
    if _CHINESE.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else None


def failure(code: str, message: str) -> dict[str, Any]:
    """An error object."""
    return {"error": {"code": code, "message": message, "field": "text"}}


async def understand(agent: Agent, line: str) -> dict[str, Any]:
    """What one line is about."""
    try:
        read = json.loads(line)
        text = read["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return failure("bad_line", 'Each line must be a JSON object with "text".')
    if not isinstance(text, str) or not text.strip():
        return failure("empty", "The text is empty.")
    # Rasa takes whatever begins with a slash for a payload; here it is text like any other.
    plain = re.sub("^/", "／", text.strip()[:_MOST_LETTERS])
    parsed = await agent.parse_message(plain)
    intent = parsed["intent"]
    ranking = [guess for guess in parsed.get("intent_ranking", ()) if guess["name"] != _FALLBACK]
    likeliest = ranking[0] if ranking else intent
    return {
        "topic": _TOPICS.get(likeliest["name"], _SMALLTALK),
        # The assistant asks back below its threshold; the topic is its likeliest guess all the same.
        "intent": intent["name"],
        "confidence": round(float(likeliest["confidence"]), 4),
        "language": language_of(text),
    }


async def answer_lines(agent: Agent, lines: TextIO, answers: TextIO) -> None:
    """One answer for each line, in order."""
    for line in lines:
        if line.strip():
            answers.write(json.dumps(await understand(agent, line), ensure_ascii=False) + "\n")
            answers.flush()


def run() -> None:
    """Answer standard input."""
    # Rasa prints to standard output as it likes; answers alone belong there.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    # Below warnings Rasa logs what people wrote.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    agent = Agent.load(sys.argv[1])
    asyncio.run(answer_lines(agent, sys.stdin, answers))


if __name__ == "__main__":
    run()
