"""Searching with what was meant to hurt: wildcards are letters, and nothing a person can type takes long or fails."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.ops import reading
from tests.support.house import House

CONFIG = """
version: 1
users: [{username: ana}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations: [{name: monitor, kind: generic, service: checkout, key: "0123456789abcdef0123456789abcdef"}]
"""
TITLES = {"100% full": 1, "100x full": 2, "a_b": 3, "axb": 4, "back\\slash": 5, "a" * 200: 6}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        for title in TITLES:
            made.post(key=title, title=title)
        yield made


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("100%", ["100% full"]),
        ("%", ["100% full"]),
        ("a_b", ["a_b"]),
        ("_", ["a_b"]),
        ("\\", ["back\\slash"]),
        ("'; DROP TABLE incidents; --", []),
        ("(a+)+$", []),
        (".*", []),
    ],
)
def test_c4_53_wildcards_and_expressions_are_letters(house: House, text: str, titles: list[str]) -> None:
    found = reading.queue(house.session, parse_filter(f'"{text}"')).rows
    assert [row.title for row in found] == titles


def test_c4_53_no_filter_takes_long(house: House) -> None:
    began = time.thread_time()
    for text in ("%a" * 400, "_" * 900, " ".join(["a%"] * 300), "(" * 900):
        reading.queue(house.session, parse_filter(f'"{text}"'))
    assert time.thread_time() - began < 2


def test_c4_53_a_filter_has_an_end(house: House) -> None:
    with pytest.raises(InvalidMany, match="characters"):
        parse_filter("%a" * 30_000)
