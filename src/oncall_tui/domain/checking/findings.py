"""What a check finds, each with its mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Span(NamedTuple):
    """From an instant up to another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about an object: a problem, or else a remark that is fine if it is meant.

    `spans` say when within the span looked at; none where it holds all the time.
    """

    kind: str
    subject: str
    sentence: str
    mend: str
    spans: tuple[Span, ...] = ()
    problem: bool = True


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, touching and overlapping ones made one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def common(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """Where both have a span."""
    others = tuple(other)
    return tuple(
        Span(max(a.start, b.start), min(a.end, b.end))
        for a in one
        for b in others
        if a.start < b.end and b.start < a.end
    )
