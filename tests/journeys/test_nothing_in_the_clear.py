"""What people wrote is in no byte of anything the running gateways leave on the disk."""

import base64
from pathlib import Path

import pytest

pytestmark = pytest.mark.rasa

NAME = "欧阳翡翠贝"
NUMBER = "13971860452"
ID_CARD = "11010519491231002X"
WORDS = "他们把我家门锁用胶水堵了三回"
ENGLISH = "They glued the lock of our barn shut thrice"
PARTY = "晓雾溪快贷"
PHONE_NAME = "Quibblewick Lending"


def forms_of(text: str) -> dict[str, bytes]:
    """How a text may stand in a file: in encodings, as JSON escapes, and within base64 at each of three offsets."""
    found = {
        "utf-8": text.encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "gbk": text.encode("gbk"),
        "json": text.encode("ascii", "backslashreplace"),
    }
    for encoding in ("utf-8", "utf-16-le"):
        raw = text.encode(encoding)
        for offset in range(3):
            # The letters at both ends also depend on what stands beside the text.
            first, last = -(-8 * offset // 6), 8 * (offset + len(raw)) // 6
            inner = base64.b64encode(b"\0" * offset + raw)[first:last]
            found[f"base64 of {encoding} at {offset}"] = inner
            found[f"base64url of {encoding} at {offset}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def written(folder: Path) -> dict[Path, bytes]:
    """Every file below a folder with its bytes; a file that has just gone holds nothing."""
    found = {}
    for file in folder.rglob("*"):
        try:
            if file.is_file():
                found[file] = file.read_bytes()
        except FileNotFoundError:
            continue
    return found


def descendants(process: int) -> set[int]:
    """A process and all below it."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has just ended
    below = {process}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return below


def kept_open(processes: set[int]) -> dict[Path, bytes]:
    """Files the processes hold open, wherever they are and even if nothing names them any more."""
    found = {}
    for process in processes:
        for link in Path(f"/proc/{process}/fd").glob("*"):
            try:
                if link.stat().st_size and link.is_file():
                    found[link] = link.read_bytes()
            except OSError:
                continue
    return found


def test_the_search_finds_what_it_is_to_find(tmp_path):
    for encoded in (WORDS.encode(), WORDS.encode("gbk"), WORDS.encode("utf-16-le")):
        (tmp_path / "plain").write_bytes(b"before" + encoded + b"after")
        assert [form for form, needle in forms_of(WORDS).items() if needle in (tmp_path / "plain").read_bytes()]
    for before in (b"", b"x", b"xy", b"xyz"):
        whole = base64.b64encode(before + WORDS.encode() + b"after")
        assert any(needle in whole for form, needle in forms_of(WORDS).items() if form.startswith("base64 of utf-8"))
    assert min(len(needle) for text in (NAME, NUMBER) for needle in forms_of(text).values()) >= 8


def test_no_byte_of_what_was_said_is_on_the_disk(stack, talk, phone):
    resident = talk("zh")
    resident.say("我要投诉")
    resident.tap("催收骚扰")
    resident.tap("我自己")
    heard = resident.say(f"{WORDS}，我叫{NAME}，电话{NUMBER}，身份证{ID_CARD}")
    resident.say(PARTY)
    assert heard, "nothing came through, so that finding nothing would prove nothing"
    other = talk("zh")
    other.say(f"我是{NAME}，在{PARTY}借一万，月息2分，分12期还")
    other.say(f"有人加我，说{WORDS}，让我打{NUMBER}")

    abroad = phone(7171, "en")
    abroad.say("/start")
    assert abroad.say("I want to complain")
    abroad.tap("Harassment")
    abroad.tap("Myself")
    abroad.say(f"{ENGLISH}, my name is {NAME}, number {NUMBER}")
    abroad.say(PHONE_NAME)

    # Its own temporary files too: the stack keeps them below its state.
    ours = {path: content for path, content in written(stack.state_dir).items() if "models" not in path.parts}
    files = ours | kept_open(descendants(stack.process.pid))
    said = "".join(stack.output).encode()
    searched = 0
    for path, content in (*files.items(), (Path("output"), said)):
        searched += len(content)
        for text in (NAME, NUMBER, ID_CARD, WORDS, ENGLISH, PARTY, PHONE_NAME):
            for form, needle in forms_of(text).items():
                assert needle not in content, f"{text!r} as {form} in {path}"
    assert any(path.name.endswith("-wal") for path in ours)
    assert searched > 200_000
    print(f"\nsearched {len(files)} files, {searched} bytes")  # noqa: T201 - says how much was looked at
