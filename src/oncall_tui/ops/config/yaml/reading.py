"""YAML 1.2 with its core schema, read strictly: `off`, `20:00` and `2026-01-05T09:00` stay text.

The tree is built from libyaml's flat events: depth, size and aliases are bounded before anything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from oncall_tui.domain.errors import Invalid

MOST_CHARACTERS = 4 * 1024 * 1024
MOST_VALUES = 200_000  # aliases counted as often as they are used
DEEPEST = 24

# YAML 1.2.2, 10.3.2: the only plain scalars that are not text.
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_LONGEST_NUMBER = 40  # beyond it the text is kept: no number of ours is that long, and int() refuses to

_TEXT_TAGS = frozenset({"tag:yaml.org,2002:str", "!"})
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended."""

    value: list[Any] | dict[Any, Any]
    anchor: str | None
    key: Any = None
    wants_value: bool = False
    size: int = 1


@dataclass(slots=True)
class _Builder:
    """Turns events into plain values, refusing whatever has no one meaning."""

    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    documents: int = 0
    size: int = 0
    root: Any = None

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _wrong(event, "a second document begins here", "keep one document in the file")
            case yaml.ScalarEvent():
                self._add(event, _scalar(event), event.anchor, 1)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = self.open.pop()
                self._add(event, done.value, done.anchor, done.size)
            case yaml.AliasEvent():
                if event.anchor not in self.anchors:
                    raise _wrong(event, f"the alias *{event.anchor} names nothing that is complete before it")
                value, size = self.anchors[event.anchor]
                self.size += size
                self._add(event, value, None, size)

    def _begin(self, event: Any) -> None:
        if event.tag is not None:
            raise _wrong(event, f"the tag {event.tag} means nothing here", "leave it out")
        if len(self.open) >= DEEPEST:
            raise _wrong(event, f"more than {DEEPEST} levels deep")
        self.open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _add(self, event: yaml.Event, value: Any, anchor: str | None, size: int) -> None:
        self.size += 1
        if self.size > MOST_VALUES:
            raise _wrong(event, f"more than {MOST_VALUES} values, aliases counted")
        if anchor is not None:
            self.anchors[anchor] = (value, size)
        if not self.open:
            self.root = value
            return
        parent = self.open[-1]
        parent.size += size
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.wants_value:
            parent.value[parent.key] = value
            parent.wants_value = False
        else:
            if not isinstance(value, str):
                raise _wrong(event, "a key must be text", "put it in quotes")
            if value in parent.value:
                raise _wrong(event, f"the key '{value[:60]}' stands here twice", "keep one of the two")
            parent.key, parent.wants_value = value, True


def read_yaml(text: str) -> Any:
    """The plain value that a text of one YAML document holds. Raises Invalid with line and column."""
    if len(text) > MOST_CHARACTERS:
        raise Invalid(f"more than {MOST_CHARACTERS // 1024 // 1024} MiB of text", mend="split the file", code="too_big")
    builder = _Builder()
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        problem = error.problem or "this is no YAML"
        raise _at(error.problem_mark, problem if not error.context else f"{problem} ({error.context})") from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise Invalid(
            "a character that YAML does not allow", mend="remove it", path=_place(line, column), code="syntax"
        ) from None
    except UnicodeEncodeError:
        raise Invalid("the text is not valid Unicode", mend="save the file as UTF-8", code="syntax") from None
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


def _scalar(event: Any) -> Any:
    if event.tag is not None:
        if event.tag in _TEXT_TAGS:
            return event.value
        raise _wrong(event, f"the tag {event.tag} means nothing here", "leave it out")
    return plain_value(event.value) if event.implicit[0] else event.value


def plain_value(text: str) -> Any:
    """What an unquoted scalar means in the core schema."""
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if len(text) <= _LONGEST_NUMBER:
        for form, read in _NUMBERS:
            if form.fullmatch(text):
                return read(text)
    return text


def _special(text: str) -> float:
    return float(text.replace(".", "", 1))


_NUMBERS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (_INTEGER, int),
    (_OCTAL, lambda text: int(text[2:], 8)),
    (_HEXADECIMAL, lambda text: int(text[2:], 16)),
    (_FLOAT, float),
    (_SPECIAL_FLOAT, _special),
)


def _place(line: int, column: int) -> str:
    return f"line {line}, column {column}"


def _at(mark: Any, sentence: str, mend: str = "") -> Invalid:
    path = _place(mark.line + 1, mark.column + 1) if mark is not None else ""
    return Invalid(sentence, mend=mend or "correct the YAML there", path=path, code="syntax")


def _wrong(event: yaml.Event, sentence: str, mend: str = "") -> Invalid:
    return _at(event.start_mark, sentence, mend)
