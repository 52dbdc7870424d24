"""Why somebody was paged for an incident, or was not, in words."""

from __future__ import annotations

from dataclasses import dataclass

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.why import EntryKept, PageKept, Reason, Story, Verdict, channels_told, concerned, explain
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.session import Session
from oncall_tui.storage.reading import queue, story


@dataclass(frozen=True, slots=True)
class Why:
    """An incident and what is to be said about each person: the one asked for, or everybody concerned.

    `channels` is what went to no person; nothing of it when one person is asked for.
    """

    number: int
    title: str
    verdicts: tuple[Verdict, ...]
    channels: tuple[Reason, ...] = ()


def why(session: Session, number: int, user: str | None = None) -> Why:
    """Why a person was, or was not, paged; without one, everybody concerned. Raises Unknown."""
    with session.looking() as look:
        found = queue.rows(look, [number])
        if not found:
            raise Unknown(f"there is no incident #{number}", mend="see 'oncall incidents'")
        world = session.directory.world(look)
        entries = [EntryKept(row.at, row.kind, row.by, row.text) for row in story.entries(look, number)]
        tries, together = story.attempts_of(look, number), story.digests_of(look, number)
        pages = [
            PageKept(
                at=row.created_at,
                user=row.username,
                contact=row.contact,
                run=row.run,
                step=row.step,
                round=row.round,
                kind=row.kind,
                because=row.because,
                state=row.state,
                finished_at=row.finished_at,
                due_at=row.due_at,
                tries=row.tries,
                answer=tries[row.id][-1].answer if row.id in tries else None,
                digest=row.digest,
                together=len(together.get(row.digest, ())),
            )
            for row in story.pages_of(look, number)
        ]
    incident, kept, now = decode(found[0].document), Story(entries, pages), session.now()
    if user is not None and user not in world.users and all(page.user != user for page in pages):
        there = ", ".join(sorted(world.users)) or "none yet"
        raise Unknown(f"there is no user '{user}'", mend=f"there is: {there}")
    names = (user,) if user is not None else concerned(incident, world, kept, now)
    verdicts = tuple(explain(incident, world, kept, name, now) for name in names)
    return Why(number, incident.title, verdicts, channels_told(incident, kept) if user is None else ())
