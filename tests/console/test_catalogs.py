"""Both catalogs hold every text of the templates, with the same placeholders."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from bot.complaints import (
    Action,
    Age,
    Assigned,
    ClockState,
    DeliveryState,
    Fact,
    Kind,
    OnBehalf,
    Severity,
    Sort,
    Status,
)  # fmt: skip
from bot.complaints.export import Form
from bot.complaints.likeness import Shared
from bot.complaints.statistics import EARLIER, OTHERS, FirstAnswer, Topic
from bot.console import pages
from bot.console.audit import KNOWN
from bot.console.i18n import catalog
from bot.console.places import PLACES
from bot.evidence import FileKind
from bot.messages import Channel, Language
from bot.staff import AccessState, Role

CONSOLE = Path(pages.__file__).parent
TEMPLATES = CONSOLE / "templates"
NAMED = re.compile(r'["\']((?:refusal|reply|note|copy|column|number|party)\.\w+)["\']')
ENUMERATED = {
    "status.": Status, "kind.": Kind, "action.": Action, "assigned.": Assigned,
    "language.": Language, "channel.": Channel,
    "clock.": ClockState, "severity.": Severity, "age.": Age, "sort.": Sort, "shared.": Shared,
    "delivery.": DeliveryState, "behalf.": OnBehalf, "figure.": Fact, "evidence.": FileKind,
    "role.": Role, "access.": AccessState, "place.": [place.name for place in PLACES],
    "part.": ["story", "against", "when", "amount", "wish"],
    "actor.": ["operator", "system", "resident", "unknown"], "audit.": KNOWN,
    "topic.": Topic, "answer.": FirstAnswer, "form.": Form,
    "month.": (EARLIER,), "institution.": (OTHERS,),
}  # fmt: skip


def used() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    texts = {
        text if isinstance(text, str) else text[0] for file in TEMPLATES.glob("*.html")
        for _, _, text in environment.extract_translations(file.read_text(encoding="utf-8")) if text
    }  # fmt: skip
    members = {f"{prefix}{member}" for prefix, kind in ENUMERATED.items() for member in kind}
    refusals = {
        name for module in CONSOLE.glob("*.py")
        for name in NAMED.findall(module.read_text(encoding="utf-8"))
    }  # fmt: skip
    return {text for text in texts if text not in ENUMERATED} | members | refusals


@pytest.mark.parametrize("language", Language)
def test_complete_and_nothing_unused(language: Language) -> None:
    found = {str(message.id): str(message.string) for message in catalog(language) if message.id}
    assert used() - found.keys() == set()
    assert found.keys() - used() == set()
    for text, translated in found.items():
        assert translated
        assert set(re.findall(r"%\((\w+)\)s", translated)) == set(re.findall(r"%\((\w+)\)s", text))
