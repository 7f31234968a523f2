"""A reviewed message becomes an example, or is refused without a trace."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli import add_example as module
from bot.cli import main
from bot.content.fraud import FraudPack, load_fraud
from bot.content.fraud_examples import add_reviewed
from bot.screening import Finding, Screener, Verdict
from bot.settings import ROOT

FEW = ("brushing.yml", "fake-loan.yml", "harmless.yml")  # enough to learn from, and soon learnt
TEXT = "群里那个主任叫我先垫三单，头两单都返了，第四单要我垫两万才肯结"
ENGLISH = "The task manager paid me for three orders and now wants 20,000 before I may take anything out"
EVALUATED = "楼下大妈说跟着她抢单稳赚，要我先存八千进去"


class Untrained:
    """In place of the screener where its verdict does not matter: training takes seconds."""

    def __init__(self, _pack: FraudPack) -> None:
        pass

    def screen(self, _text: str) -> Finding:
        return Finding(Verdict.UNSURE)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of our own with few examples and a small evaluation set."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("examples", "nlu", "rules"))
    examples = tmp_path / "data" / "fraud" / "examples"
    examples.mkdir()
    for name in FEW:
        shipped = yaml.safe_load((ROOT / "data" / "fraud" / "examples" / name).read_text(encoding="utf-8"))
        fewer = shipped[:12] if isinstance(shipped, list) else {kind: texts[:1] for kind, texts in shipped.items()}
        (examples / name).write_text(yaml.safe_dump(fewer, allow_unicode=True), encoding="utf-8")
    for split, trick in (("dev", "点点赞就能拿钱，后面让我充值做联单"), ("held_out", EVALUATED)):
        folder = tmp_path / "bench" / "screening" / split
        folder.mkdir(parents=True)
        (folder / "scams-brushing.yml").write_text(yaml.safe_dump({"brushing": [trick]}, allow_unicode=True))
        (folder / "harmless-chat.yml").write_text(yaml.safe_dump({"chat": ["晚上一起吃火锅吗"]}, allow_unicode=True))
    monkeypatch.setattr(main, "ROOT", tmp_path)
    monkeypatch.setattr(module, "Screener", Untrained)
    return tmp_path


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main.cli, ["content", "add-example", *arguments], input=typed)


def reviewed(root: Path) -> Path:
    return root / "data" / "fraud" / "examples" / "reviewed"


def snapshot(root: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in (root / "data").rglob("*")}


@pytest.mark.parametrize(("family", "text"), [("brushing", TEXT), ("brushing", ENGLISH), ("harmless-otp", TEXT)])
def test_a_message_is_added_and_its_effect_shown(root: Path, family: str, text: str) -> None:
    done = run(family, text)
    assert done.exit_code == 0, done.output
    assert yaml.safe_load((reviewed(root) / f"{family}.yml").read_text()) == [text]
    assert "All packs are right with it." in done.output
    assert "This text: " in done.output
    assert "with it learnt: " in done.output
    assert "dev, 1 tricks: danger " in done.output
    assert "dev, 1 harmless: danger 0 → 0" in done.output
    examples = load_fraud(root / "data" / "fraud").examples.texts()
    learnt = [example.family for example in examples if example.text == text]
    assert learnt == [None if family.startswith("harmless-") else family]


def test_the_verdict_after_is_of_a_screener_that_has_learnt_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[bool] = []

    class Spy(Screener):
        def __init__(self, pack: FraudPack) -> None:
            learnt.append(any(example.text == TEXT for example in pack.examples.texts()))
            super().__init__(pack)

    monkeypatch.setattr(module, "Screener", Spy)
    assert run("brushing", TEXT).exit_code == 0
    assert learnt == [False, True, False, True]  # for the text itself, then for dev


def test_a_second_one_goes_below_the_first(root: Path) -> None:
    assert run("brushing", TEXT).exit_code == 0
    assert run("brushing", ENGLISH).exit_code == 0
    written = (reviewed(root) / "brushing.yml").read_text()
    assert yaml.safe_load(written) == [TEXT, ENGLISH]
    assert written.splitlines()[0].startswith("# ")
    assert written.splitlines()[1] == f"- '{TEXT}'"


def test_from_the_standard_input_with_lines_and_quotes(root: Path) -> None:
    typed = "群公告: 'VIP' 今晚加单\n先垫三千，\"主任\"说返四千\n做不完全组不结算\n"
    assert run("brushing", "-", typed=typed).exit_code == 0
    assert yaml.safe_load((reviewed(root) / "brushing.yml").read_text()) == [typed.strip()]


def test_brackets_of_a_message_are_no_choice(root: Path) -> None:
    assert run("brushing", "今晚福利(A档|B档)先垫付，做满(三单|(四单|五单))才给结算").exit_code == 0
    texts = [example.text for example in load_fraud(root / "data" / "fraud").examples.texts()]
    assert "今晚福利（A档|B档）先垫付，做满（三单|（四单|五单））才给结算" in texts


def test_numbers_and_contacts_are_masked_before_anything_is_written(root: Path) -> None:
    secrets = ["13812345678", "11010519491231002X", "6222020200001234567", "abc_12345", "384756"]
    done = run(
        "brushing",
        f"{TEXT}，电话{secrets[0]}，身份证{secrets[1]}，卡号{secrets[2]}，微信{secrets[3]}，验证码{secrets[4]}",
    )
    assert done.exit_code == 0, done.output
    written = (reviewed(root) / "brushing.yml").read_text()
    for secret in secrets:
        assert secret not in written
        assert secret not in done.output
    assert "电话***********" in done.output


@pytest.mark.parametrize(
    ("family", "text", "status", "says"),
    [
        ("brush", TEXT, 2, "Did you mean: brushing?"),
        ("harmless-nothing", TEXT, 2, "there is no 'harmless-nothing'"),
        ("../../law/lines", TEXT, 2, "there is no"),
        ("brushing", "先垫付", 1, "too few"),
        ("brushing", "？！……🎉🎉🎉🎉🎉🎉🎉🎉", 1, "too few"),
        ("brushing", "13812345678 13812345679", 1, "too few"),
        ("brushing", "先垫后返" * 200, 1, "too many"),
        ("brushing", EVALUATED, 1, "evaluation set (held_out)"),
        ("brushing", "🎉楼下大妈说，跟着她 抢单 稳赚！要我先存８千进去", 1, "evaluation set"),
        (
            "brushing",
            f"我跟你讲个事，前天在公园里，{EVALUATED}，你说这个能信吗，我心里没底，想来问问",
            1,
            "evaluation set",
        ),
        ("fake-loan", "点点赞就能拿钱，后面让我充值做联单了", 1, "evaluation set (dev)"),
    ],
)
def test_refused_without_a_trace(root: Path, family: str, text: str, status: int, says: str) -> None:
    before = snapshot(root)
    done = run(family, text)
    assert done.exit_code == status, done.output
    assert says in done.output
    assert snapshot(root) == before


def test_of_the_evaluation_set_nothing_is_shown(root: Path) -> None:
    done = run("brushing", EVALUATED.replace("八千", "九千"))
    assert done.exit_code == 1
    assert "八千" not in done.output


@pytest.mark.parametrize(
    "again",
    [
        TEXT,
        "🔥群里那个主任 叫我先垫三单！！头两单都返了……第四单要我垫两万才肯结🔥",
        "家人们，群里那个主任叫我先垫三单，头两单都返了，第四单要我垫三万才肯结",
    ],
)
@pytest.mark.parametrize("family", ["brushing", "fake-loan"])
def test_an_example_there_is_already_is_refused(root: Path, again: str, family: str) -> None:
    add_reviewed(root / "data" / "fraud" / "examples", "brushing", TEXT)
    before = snapshot(root)
    done = run(family, again)
    assert done.exit_code == 1
    assert f"an example already: brushing: {TEXT}" in done.output
    assert snapshot(root) == before


@pytest.mark.parametrize("had", [True, False])
def test_the_write_is_undone_when_the_check_fails(root: Path, monkeypatch: pytest.MonkeyPatch, had: bool) -> None:  # noqa: FBT001
    if had:
        add_reviewed(root / "data" / "fraud" / "examples", "brushing", ENGLISH)
    before = snapshot(root)
    seen: list[str] = []

    def check(data: Path) -> list[str]:
        seen.append((reviewed(root) / "brushing.yml").read_text())
        return [f"{data.name}: something is not right"]

    monkeypatch.setattr(module, "find_mistakes", check)
    done = run("brushing", TEXT)
    assert done.exit_code == 1
    assert "Not added, and undone: data: something is not right" in done.output
    assert TEXT in seen[0]  # it was there, and is gone
    assert snapshot(root) == before


def test_an_interruption_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(root)

    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_compare", interrupted)
    assert run("brushing", TEXT).exit_code == 1
    assert snapshot(root) == before


def test_packs_that_are_wrong_already_are_named_and_left(root: Path) -> None:
    (root / "data" / "fraud" / "examples" / "no-family.yml").write_text("- 一条\n")
    before = snapshot(root)
    done = run("brushing", TEXT)
    assert done.exit_code == 1
    assert "were not right before" in done.output
    assert snapshot(root) == before


def test_a_dry_run_shows_the_same_and_writes_nothing(root: Path) -> None:
    before = snapshot(root)
    done = run("brushing", TEXT, "--dry-run")
    assert done.exit_code == 0
    assert TEXT in done.output
    assert "with it learnt: " in done.output
    assert "dev, 1 tricks" in done.output
    assert "Nothing was written" in done.output
    assert snapshot(root) == before


def test_without_an_evaluation_set_it_says_so_and_goes_on(root: Path) -> None:
    shutil.rmtree(root / "bench")
    done = run("brushing", TEXT)
    assert done.exit_code == 0
    assert "Note: there is no bench/screening here" in done.output
    assert "dev," not in done.output


def test_help_tells_the_exit_statuses() -> None:
    assert "1 refused and nothing changed" in run("--help").output
