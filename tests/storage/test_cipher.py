"""Secrets at rest: sealed with one key, refused with another, never in a representation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import MissingFile, OncallError, Refused
from oncall_tui.storage.cipher import Cipher, digest
from oncall_tui.storage.engine import Store

KEY = "k" * 40
OTHER = "o" * 40


@given(st.text())
def test_what_is_sealed_can_be_unsealed_and_is_not_readable(text: str) -> None:
    sealed = Cipher(KEY).seal(text)
    assert Cipher(KEY).unseal(sealed) == text
    assert len(text) < 5 or text not in sealed


def test_another_key_or_a_changed_text_is_refused() -> None:
    sealed = Cipher(KEY).seal("ntfy://topic")
    for cipher, text in ((Cipher(OTHER), sealed), (Cipher(KEY), sealed[:-4] + "AAAA"), (Cipher(KEY), "plain")):
        with pytest.raises(Refused) as refusal:
            cipher.unseal(text)
        assert refusal.value.code == "wrong_secret_key"
        assert "ntfy" not in refusal.value.sentence


def test_the_first_key_of_a_database_is_the_only_one(store: Store) -> None:
    Cipher.open(store, KEY)
    Cipher.open(store, f" {KEY}\n")
    with pytest.raises(Refused) as refusal:
        Cipher.open(store, OTHER)
    assert refusal.value.code == "wrong_secret_key"
    assert OTHER not in f"{refusal.value.sentence}{refusal.value.mend}"


def test_sqlite_gets_a_key_file_of_its_own_readable_by_its_owner_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/oncall.db"
    sealed = Cipher.open(url).seal("secret")
    file = tmp_path / "oncall.db.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert Cipher.open(url).unseal(sealed) == "secret"
    assert [path.name for path in tmp_path.iterdir()] == ["oncall.db.key"]


def test_a_given_key_wins_over_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/oncall.db"
    by_file = Cipher.open(url).seal("secret")
    with pytest.raises(Refused):
        Cipher.open(url, KEY).unseal(by_file)


def test_processes_that_start_together_agree_on_one_key_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/oncall.db"
    program = (
        "import sys\nfrom oncall_tui.storage.cipher import Cipher\n"
        "sys.stdin.readline()\nprint(Cipher.open(sys.argv[1]).seal('secret'))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sealed = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [Cipher.open(url).unseal(text) for text in sealed] == ["secret"] * 3


def test_a_key_file_open_to_everybody_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(0o644)
    with pytest.raises(Refused) as refusal:
        Cipher.open("postgresql://h/d", None, file)
    assert "chmod" in refusal.value.mend
    file.chmod(0o640)
    Cipher.open("postgresql://h/d", None, file)


@pytest.mark.parametrize(
    ("key", "file", "error", "code"),
    [
        (None, None, Refused, "no_secret_key"),
        ("short", None, Refused, "weak_secret_key"),
        (None, "/nonexistent/key", MissingFile, "missing_file"),
    ],
)
def test_what_can_not_be_a_key_is_refused(
    key: str | None, file: str | None, error: type[OncallError], code: str
) -> None:
    with pytest.raises(error) as refusal:
        Cipher.open("postgresql://h/d", key, file)
    assert refusal.value.code == code
    assert refusal.value.mend


def test_a_cipher_shows_nothing_of_its_key() -> None:
    assert KEY not in repr(Cipher(KEY))


def test_a_digest_is_stable_and_says_how_it_was_made() -> None:
    assert digest("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("abc") != digest("abd")
