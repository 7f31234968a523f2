"""``mingbai screen``: texts in, verdicts out, one JSON object a line."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.cli.jsonl import answer_lines, text_of
from bot.content.base import Bilingual
from bot.content.fraud import load_fraud
from bot.language.script import guess_language
from bot.messages import Language
from bot.screening import Finding, Screener
from bot.settings import ROOT


def run(lines: Iterable[str]) -> Iterator[str]:
    """Answer every line."""
    screener = Screener(load_fraud(ROOT / "data" / "fraud"))

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        text = text_of(data)
        return _report(screener.screen(text), guess_language(text) or Language.ZH)

    return answer_lines(lines, answer)


def _report(finding: Finding, language: Language) -> dict[str, Any]:
    def say(text: Bilingual) -> str:
        return text.of(language)

    report: dict[str, Any] = {
        "verdict": finding.verdict,
        "families": [family.id for family in finding.families],
        "family_names": [say(family.name) for family in finding.families],
        "signs": [{"id": sign.id, "quote": sign.quote, "why": say(sign.why)} for sign in finding.signs],
        "advice": [say(advice) for advice in finding.advice],
    }
    if finding.rule_of_thumb:
        report["rule_of_thumb"] = say(finding.rule_of_thumb)
    if finding.reason:
        report["reason"] = finding.reason
    if finding.emergency:
        steps = [say(step) for step in finding.emergency.steps]
        report["emergency"] = {"kinds": list(finding.emergency.kinds), "steps": steps}
    if finding.claimed_caller:
        report["claimed_caller"] = finding.claimed_caller
    if finding.distress:
        report["distress"] = True
    if finding.questions:
        report["questions"] = [{"id": question.id, "ask": say(question.ask)} for question in finding.questions]
    return report
