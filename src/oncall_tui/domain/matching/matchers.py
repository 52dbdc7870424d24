"""Matchers as Prometheus people write them: `severity="critical", team=~"pay.*"`, on labels and on payload fields.

The grammar is Alertmanager's (its docs, "Matchers"): `=`, `!=`, `=~`, `!~`; a regular expression has to match the whole
value; what is not there is the empty text. A left side that is no label's name is a JMESPath expression. Regular
expressions are RE2's: their time is linear in the text, whoever wrote them (FAULTS 53).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from oncall_tui.domain.errors import Invalid

OPERATORS = ("=~", "!~", "!=", "=")
LONGEST_MATCHERS = 4_000
LONGEST_PATTERN = 1_000
LONGEST_EXPRESSION = 500
LONGEST_VALUE = 16_384  # characters of a value that a matcher looks at
MEND = 'write it like severity="critical", team=~"pay.*"'

_LABEL = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
_BARE_VALUE = re.compile(r"""[^\s{}!=~,"'`\\]+""")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\n])')
_SIGNS = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_PATTERN_MEMORY = 512 << 10  # bytes; bounds the program of a pattern, and so the time that one sign can take


class Looked(Protocol):
    """What a matcher looks at: an event's labels and fields, and the payload that it came in."""

    def label(self, name: str) -> str:
        """A label's value, else that of the event's field of this name; empty when there is neither."""
        ...

    def value(self, expression: Any) -> str:
        """What a compiled JMESPath expression finds, as text; empty for nothing. Raises what JMESPath raises."""
        ...


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition. `name` is a label's, or a JMESPath expression if `expression` says so.

    Making one raises Invalid when its pattern or expression can't be read.
    """

    name: str
    operator: str
    value: str
    expression: bool = False
    _compiled: Any = field(init=False, repr=False, compare=False)
    _path: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise Invalid(f"'{self.operator}' is no operator", mend="use =, !=, =~ or !~")
        if not self.name:
            raise Invalid("a matcher needs a name", mend=MEND)
        object.__setattr__(self, "_compiled", _pattern(self.value) if self.operator.endswith("~") else None)
        object.__setattr__(self, "_path", _expression(self.name) if self.expression else None)

    def holds(self, looked: Looked) -> bool:
        """Whether the condition is met. Raises what JMESPath raises for a value that an expression can't take."""
        text = looked.label(self.name) if self._path is None else looked.value(self._path)
        return self.takes(text)

    def takes(self, text: str) -> bool:
        """Whether a value meets the condition."""
        match self.operator:
            case "=":
                return text == self.value
            case "!=":
                return text != self.value
            case "=~":
                return self._matches(text)
            case _:
                return not self._matches(text)

    def _matches(self, text: str) -> bool:
        try:
            return self._compiled.fullmatch(text[:LONGEST_VALUE]) is not None
        except UnicodeEncodeError:  # a lone surrogate, which JSON can carry
            shown = text[:LONGEST_VALUE].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return self._compiled.fullmatch(shown) is not None

    def __str__(self) -> str:
        plain = self.expression or _LABEL.fullmatch(self.name)
        return f"{self.name if plain else _quoted(self.name)}{self.operator}{_quoted(self.value)}"


def format_matchers(matchers: Iterable[Matcher]) -> str:
    """The one spelling of several matchers."""
    return ", ".join(map(str, matchers))


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """The matchers of a text, braces round them or not; nothing means none. Raises Invalid, saying what is wrong."""
    if len(text) > LONGEST_MATCHERS:
        raise Invalid(f"matchers have at most {LONGEST_MATCHERS} characters", mend="split the rule in two")
    inner = text.strip()
    if inner.startswith("{"):
        if not inner.endswith("}"):
            raise Invalid("a brace is opened and not closed", mend=MEND)
        inner = inner[1:-1]
    found = []
    place = _after_space(inner, 0)
    while place < len(inner):
        matcher, place = _matcher(inner, place)
        found.append(matcher)
        place = _after_space(inner, place)
        if place < len(inner):
            if inner[place] != ",":
                raise Invalid(f"'{inner[place : place + 20]}' stands where a comma should", mend=MEND)
            place = _after_space(inner, place + 1)
    return tuple(found)


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _matcher(text: str, place: int) -> tuple[Matcher, int]:
    end = _end_of_left(text, place)
    left = text[place:end].strip()
    operator = next((one for one in OPERATORS if text.startswith(one, end)), None)
    if operator is None or not left:
        raise Invalid(f"'{text[place : place + 40].strip()}' is no matcher", mend=MEND)
    value, after = _right(text, _after_space(text, end + len(operator)))
    quoted = _QUOTED.fullmatch(left)
    if quoted is not None:
        return Matcher(_unescaped(quoted[1]), operator, value), after
    return Matcher(left, operator, value, expression=_LABEL.fullmatch(left) is None), after


def _end_of_left(text: str, place: int) -> int:
    """Where a left side ends: at the first operator outside quotes and brackets."""
    depth = 0
    while place < len(text):
        sign = text[place]
        if sign in "\"'`":
            place = _end_of_quote(text, place)
            continue
        if sign in "[({":
            depth += 1
        elif sign in "])}":
            depth -= 1
        elif depth <= 0 and (sign in "=," or text.startswith(("!=", "!~"), place)):
            return place
        place += 1
    return place


def _end_of_quote(text: str, place: int) -> int:
    quote, place = text[place], place + 1
    while place < len(text) and text[place] != quote:
        place += 2 if text[place] == "\\" else 1
    return place + 1


def _right(text: str, place: int) -> tuple[str, int]:
    quoted = _QUOTED.match(text, place)
    if quoted is not None:
        return _unescaped(quoted[1]), quoted.end()
    bare = _BARE_VALUE.match(text, place)
    if bare is None:
        raise Invalid(f"'{text[place : place + 20]}' is no value", mend=f"put it in double quotes: {MEND}")
    return bare[0], bare.end()


def _unescaped(text: str) -> str:
    r"""Only \", \\ and \n are escapes: a regular expression keeps its other backslashes, as in Alertmanager."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _quoted(text: str) -> str:
    return f'"{"".join(_SIGNS.get(sign, sign) for sign in text)}"'


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    import re2  # a hundredth of a second, which only those pay who match by patterns

    if len(text) > LONGEST_PATTERN:
        raise Invalid(f"a regular expression has at most {LONGEST_PATTERN} characters", mend="shorten it")
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.dot_nl = True
    options.max_mem = _PATTERN_MEMORY
    try:
        return re2.compile(text, options)
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else error
        raise Invalid(f"'{text[:80]}' is no regular expression of RE2: {why}", mend="see RE2's syntax") from None
    except UnicodeEncodeError:
        raise Invalid("a regular expression can't hold lone surrogates", mend="remove them") from None


def check_expression(text: str) -> None:
    """Let the text be a JMESPath expression. Raises Invalid."""
    _expression(text, "no", "write alarm.text or alarm.tags[0], and an odd name in double quotes")


@lru_cache(maxsize=1024)
def _expression(
    text: str,
    otherwise: str = "neither a label's name nor",
    mend: str = "write payload.some.field, or put a label's odd name in double quotes",
) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    if len(text) > LONGEST_EXPRESSION:
        raise Invalid(f"an expression has at most {LONGEST_EXPRESSION} characters", mend="shorten it")
    try:
        return jmespath.compile(text)
    except (JMESPathError, RecursionError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise Invalid(f"'{text[:80]}' is {otherwise} JMESPath: {why}", mend=mend) from None
