"""Keys on disk, and what they seal."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.storage.keys import KeyFileError, KeyRing, SealBrokenError, add_master_key, retire_master_keys


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path):
    folder = tmp_path / "state" / "keys"
    first = KeyRing.load_or_create(folder)
    assert KeyRing.load_or_create(folder) == first
    assert sorted(file.name for file in folder.iterdir()) == ["lookup.key", "master.key", "sender.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_processes_that_start_together_agree(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.load_or_create(tmp_path / "keys"), range(8)))
    assert all(ring == rings[0] for ring in rings)


def test_key_file_open_to_others_is_refused(tmp_path: Path):
    KeyRing.load_or_create(tmp_path)
    (tmp_path / "lookup.key").chmod(0o640)
    with pytest.raises(KeyFileError, match=r"lookup\.key"):
        KeyRing.load_or_create(tmp_path)


@pytest.mark.parametrize("content", ["", "not base64!", "c2hvcnQ="])
@pytest.mark.parametrize("name", ["master.key", "lookup.key"])
def test_damaged_key_file_is_named(tmp_path: Path, name: str, content: str):
    KeyRing.load_or_create(tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(KeyFileError, match=name):
        KeyRing.load_or_create(tmp_path)


def test_new_master_key_is_in_force_at_once_and_the_old_still_opens(tmp_path: Path):
    running = KeyRing.load_or_create(tmp_path)
    first = running.master_id
    sealed = running.seal(b"old", "a.b")
    add_master_key(tmp_path)
    restarted = KeyRing.load_or_create(tmp_path)
    assert restarted.open(sealed, "a.b") == b"old"
    assert running.open(restarted.seal(b"new", "a.b"), "a.b") == b"new"
    assert running.master_id == restarted.master_id != first


def test_retired_master_key_opens_nothing_and_is_kept_for_people(tmp_path: Path):
    ring = KeyRing.load_or_create(tmp_path)
    first, sealed = ring.master_id, ring.seal(b"old", "a.b")
    line = (tmp_path / "master.key").read_text()
    add_master_key(tmp_path)
    retire_master_keys(tmp_path, {first})
    with pytest.raises(SealBrokenError):
        KeyRing.load_or_create(tmp_path).open(sealed, "a.b")
    retired = tmp_path / "master.retired.key"
    assert retired.read_text() == line
    assert stat.S_IMODE(retired.stat().st_mode) == 0o600
    (tmp_path / "master.key").write_text(line)
    assert KeyRing.load_or_create(tmp_path).open(sealed, "a.b") == b"old"


def test_key_file_of_before_is_taken_over(tmp_path: Path):
    former = KeyRing.load_or_create(tmp_path)
    (tmp_path / "master.key").rename(tmp_path / "sealing.key")
    assert KeyRing.load_or_create(tmp_path) == former
    assert not (tmp_path / "sealing.key").exists()


def test_seal_holds_against_change_and_moving():
    keys = KeyRing.ephemeral()
    sealed = keys.seal("秘密".encode(), "complaints.story")
    assert keys.open(sealed, "complaints.story") == "秘密".encode()
    assert keys.seal("秘密".encode(), "complaints.story") != sealed
    with pytest.raises(SealBrokenError):
        keys.open(sealed, "complaints.wish")
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(SealBrokenError):
            keys.open(bytes(broken), "complaints.story")
    for length in (0, 1, 5, 17, len(sealed) - 1):
        with pytest.raises(SealBrokenError):
            keys.open(sealed[:length], "complaints.story")


def test_hashes_depend_on_key_purpose_and_value():
    keys, others = KeyRing.ephemeral(), KeyRing.ephemeral()
    hashes = {
        keys.lookup_hash("a", "b"),
        keys.lookup_hash("b", "a"),
        keys.lookup_hash("a", "c"),
        others.lookup_hash("a", "b"),
    }
    assert len(hashes) == 4
    assert keys.sender_id("1") == keys.sender_id("1") != keys.sender_id("2")
    assert len(keys.sender_id("1")) == 32


def test_keys_do_not_show_in_a_repr(tmp_path: Path):
    keys = KeyRing.load_or_create(tmp_path)
    assert repr(keys) == "KeyRing()"
