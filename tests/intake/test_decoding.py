"""FAULTS C4 45: what becomes of odd JSON, value by value, and that none of it takes long."""

from __future__ import annotations

import math
import time

import pytest

from oncall_tui.intake.payload.decoding import NotJson, clean, decode_json, one_line, shown

LENIENT = ("the JSON is not strict; it was read leniently",)
AT_ONCE = 0.1 * 3  # seconds of CPU: a tenth, and a machine that runs other tests


@pytest.mark.parametrize(
    ("body", "value", "notes"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}, ()),
        (b'\xef\xbb\xbf{"a": "x"}', {"a": "x"}, ()),
        ('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}, LENIENT),
        ('{"a": "ü"}'.encode("latin-1"), {"a": "ü"}, LENIENT),
        ('{"a": "€"}'.encode("cp1252"), {"a": "€"}, LENIENT),
        (b'{"a": "x\r\ny"}', {"a": "x\r\ny"}, LENIENT),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}, LENIENT),
        (b'{"a": "\\u0000"}', {"a": "\x00"}, ()),
        (b'{"a": 1e999}', {"a": math.inf}, LENIENT),
        (b'{"a": -Infinity}', {"a": -math.inf}, LENIENT),
        (b'{"a": ' + b"9" * 300 + b"}", {"a": int("9" * 300)}, None),
        (b'{"a": ' + b"9" * 10_000 + b"}", {"a": "9" * 10_000}, LENIENT),
    ],
)
def test_c4_45_what_senders_do_is_read(body: bytes, value: object, notes: tuple[str, ...] | None) -> None:
    found, told = decode_json(body)
    assert found == value
    assert notes is None or told == notes


def test_c4_45_not_a_number_is_read() -> None:
    found, told = decode_json(b'{"a": NaN}')
    assert isinstance(found, dict)
    assert math.isnan(found["a"])
    assert told == LENIENT


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b'"', b"\x00", b"\xff\xfe", b"{'a': 1}", b'{"a": 1}}'])
def test_c4_45_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(NotJson):
        decode_json(body)


@pytest.mark.parametrize("opened", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_c4_45_nesting_bombs_are_refused_at_once(opened: bytes) -> None:
    for body in (opened * 1_000_000, opened * 500_000 + b"1" + b"]" * 500_000):
        began = time.thread_time()
        with pytest.raises(NotJson):
            decode_json(body)
        assert time.thread_time() - began < AT_ONCE


def test_c4_45_a_million_keys_take_no_time_to_speak_of() -> None:
    body = b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}"
    small = body[: body.index(b',"100000"')] + b"}"  # what the limit of a body lets in
    began = time.thread_time()
    found, _ = decode_json(small)
    assert time.thread_time() - began < AT_ONCE
    assert isinstance(found, dict)
    assert len(found) == 100_000
    whole, _ = decode_json(body)
    assert isinstance(whole, dict)
    assert len(whole) == 1_000_000


def test_c4_45_what_no_database_stores_is_made_plain() -> None:
    assert clean("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert one_line(" a\r\n  b\u2028c\x00 ") == "a b c\ufffd"
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "(nested too deeply to show)"
