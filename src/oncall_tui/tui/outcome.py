"""An act as the screens know it: what it was about, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from oncall_tui.domain.errors import OncallError


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it was when a key was pressed: acts carry this, never what is under the cursor later.

    `version` None: as it stands when the act is done (an undo of one's own).
    """

    number: int
    version: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an act ended: a line for whoever pressed the key; what it was about, and what somebody else has, if asked."""

    text: str
    ok: bool = True
    taken_by_other: tuple[Seen, ...] = field(default=())
    about: tuple[Seen, ...] = field(default=())


def refusal(error: OncallError) -> Outcome:
    """Why something was not done, and what to do about it."""
    return Outcome(f"{error.sentence.rstrip('.')}. {error.mend}" if error.mend else error.sentence, ok=False)
