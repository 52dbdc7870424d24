"""Bytes from a stranger into plain values: strict first, then as lenient as is safe, never an exception."""

from __future__ import annotations

import codecs
import json
import re

import msgspec

from oncall_tui.domain.events import cut

SHOWN_LIMIT = 4_000
_DIGITS = 300

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BREAKS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+ *")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


_written = json.JSONEncoder(ensure_ascii=False).encode


class NotJson(ValueError):
    """The bytes are no JSON text; the message says why."""


def as_text(body: bytes) -> str:
    """The body as text: UTF-8 with or without a mark, UTF-16 with one, anything else as Windows' Latin text."""
    if body.startswith(_UTF16):
        return body.decode("utf-16", "replace")
    try:
        return body.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def decode_json(body: bytes) -> tuple[object, tuple[str, ...]]:
    """The JSON value and notes on what was odd; of repeated names the last one counts.

    What strict JSON (RFC 8259) forbids but senders do (raw line breaks in strings, NaN, huge numbers, lone
    surrogates, other encodings) is read with a note. Raises NotJson for everything else, nesting bombs included.
    """
    try:
        return msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8)), ()
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        value: object = json.loads(as_text(body), strict=False, parse_int=_bounded_int)
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None
    return value, ("the JSON is not strict; it was read leniently",)


def _bounded_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS else digits


def clean(text: str) -> str:
    """The text without what no database stores: NUL and lone surrogates become U+FFFD."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text on one line: breaks and tabs become single spaces."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _BREAKS.sub(" ", clean(text)).strip()


def shown(value: object) -> str:
    """Any JSON value as readable text: texts as they are, the rest as JSON, cut at 4,000 characters."""
    if isinstance(value, str):
        return clean(value)
    if type(value) is int:
        return cut(str(value), SHOWN_LIMIT)
    try:
        return cut(clean(_written(value)), SHOWN_LIMIT)
    except RecursionError:
        return "(nested too deeply to show)"
