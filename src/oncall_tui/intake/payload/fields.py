"""One payload's fields, read so that an odd one costs a note and never the alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from oncall_tui.domain.events import DESCRIPTION_LIMIT, TITLE_LIMIT, cut, fit_key
from oncall_tui.domain.severity import Severity, severity_named
from oncall_tui.intake.payload.decoding import clean, one_line, shown

LABELS = 64
LABEL_NAME_LIMIT = 128
LABEL_LIMIT = 1_024
LINK_LIMIT = 2_048


def text_of(fields: Mapping[str, object], *names: str) -> str:
    """The first of the named fields that holds anything but blanks, as text; empty when none does."""
    for name in names:
        value = fields.get(name)
        if value is None or (not value and value in ("", [], {})):
            continue
        text = shown(value)
        if text.strip():
            return text
    return ""


def object_of(fields: Mapping[str, object], name: str, notes: list[str]) -> Mapping[str, object]:
    """The object in this field; anything else but null counts as an empty one, with a note."""
    value = fields.get(name)
    if isinstance(value, dict):
        return value
    if value is not None and value not in ("", []):
        notes.append(f"{name} is not an object; left out")
    return {}


def title_from(text: str, notes: list[str]) -> str:
    """A title on one line, cut visibly at 1024 characters."""
    line = one_line(text)
    if len(line) > TITLE_LIMIT:
        notes.append(f"the title had {len(line)} characters; cut to {TITLE_LIMIT}")
    return cut(line, TITLE_LIMIT)


def description_from(text: str, notes: list[str]) -> str:
    """A description with its lines kept, cut visibly at 16,000 characters."""
    if not text:
        return ""
    tidy = clean(text).replace("\r\n", "\n").strip()
    if len(tidy) > DESCRIPTION_LIMIT:
        notes.append(f"the description had {len(tidy)} characters; cut to {DESCRIPTION_LIMIT}")
    return cut(tidy, DESCRIPTION_LIMIT)


def key_from(text: str) -> str:
    """A key that fits; a longer one keeps its start and ends in its own digest, so that it still tells keys apart."""
    return fit_key(clean(text))


def severity_from(value: object, notes: list[str]) -> Severity:
    """The severity that a word means; an unknown one is high, with a note."""
    if value is None or value == "":
        return Severity.HIGH
    word = shown(value).strip()
    severity = severity_named(word)
    if severity is None:
        notes.append(f"severity {cut(one_line(word), 40)!r} is unknown; taken as high")
    return severity or Severity.HIGH


def labels_from(pairs: Iterable[tuple[str, object]], notes: list[str]) -> dict[str, str]:
    """Labels as texts: nulls are left out, long values cut, and no more than 64 of them kept, with a note."""
    labels: dict[str, str] = {}
    over = 0
    for name, value in pairs:
        if value is None or value == "":
            continue
        if len(labels) >= LABELS:
            over += 1
            continue
        labels[cut(one_line(name), LABEL_NAME_LIMIT)] = cut(shown(value), LABEL_LIMIT)
    if over:
        notes.append(f"{over} labels beyond {LABELS} were left out")
    return labels


def link_from(value: object) -> str | None:
    """A web address out of a payload; None unless it is plain http or https and of a sane length."""
    if not isinstance(value, str) or len(value) > LINK_LIMIT:
        return None
    link = clean(value).strip()
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.netloc and link.isprintable() else None


def link_among(values: Iterable[object]) -> str | None:
    """The longest web address among the values, which is the most telling; None when none of them is one."""
    return max((link for value in values if (link := link_from(value)) is not None), key=len, default=None)
