"""The Schedule tab's part of the backend, on the real use cases. Heavy imports stay in the database thread."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.errors import InvalidMany, OncallError
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.schedules.values import Changed, Cover, Effects, Foretold, Rota, Way

if TYPE_CHECKING:
    from oncall_tui.ops.schedules import changing
    from oncall_tui.ops.schedules.undoing import Undo
    from oncall_tui.ops.session import Session
    from oncall_tui.tui.schedules.editor.draft import Draft

SHOWN_LEAVE = timedelta(days=400)


def rota_of(session: Session) -> Rota:
    """What the tab shows beside the schedules themselves."""
    from oncall_tui.ops.schedules.leave import list_leave
    from oncall_tui.ops.schedules.overrides import list_overrides

    with session.reading() as conn:
        world = session.directory.world(conn)
    me = world.users.get(session.actor.username or "")
    since = session.now() - SHOWN_LEAVE
    return Rota(
        overrides=list_overrides(session),
        leave=tuple(row.leave for row in list_leave(session, start=since)),
        users=tuple(sorted(world.users)),
        zone=me.timezone if me is not None else "UTC",
    )


class OpsSchedules:
    """Overrides, edited schedules and undo, through a session that the backend holds."""

    def _opened(self) -> Session:
        raise NotImplementedError

    def foresee_cover(self, cover: Cover) -> Foretold:
        from oncall_tui.ops.schedules import overrides

        return _refused_or(lambda: overrides.add_override(self._opened(), **_arguments(cover), dry_run=True))

    def cover(self, cover: Cover) -> Changed:
        from oncall_tui.ops.schedules import overrides
        from oncall_tui.ops.schedules.undoing import Undo

        session = self._opened()
        done = overrides.add_override(session, **_arguments(cover))
        return Changed(done.text, undo=Undo(schedule=done.schedule, at=session.now(), number=done.number))

    def foresee_uncover(self, number: int) -> Foretold:
        from oncall_tui.ops.schedules import overrides

        return _refused_or(lambda: overrides.delete_override(self._opened(), number, dry_run=True))

    def uncover(self, number: int) -> Changed:
        from oncall_tui.ops.schedules import overrides
        from oncall_tui.ops.schedules.undoing import Undo

        session = self._opened()
        gone = next((row.override for row in overrides.list_overrides(session) if row.number == number), None)
        done = overrides.delete_override(session, number)
        return Changed(done.text, undo=Undo(schedule=done.schedule, at=session.now(), override=gone))

    def foresee_draft(self, draft: Draft, *, keep: bool) -> Foretold:
        from oncall_tui.ops.schedules.editing import preview_schedule
        from oncall_tui.tui.schedules.editor.drafting import schedule_of

        session = self._opened()
        try:
            after = schedule_of(draft, session.now(), keep=keep)
        except InvalidMany as error:
            return _problems(error.parts)
        shown = preview_schedule(session, after, seen=draft.seen)
        if shown.problems:
            return _problems(shown.problems)
        effects = Effects(
            gained=shown.gained,
            lost=shown.lost,
            gaps=shown.unmeant_gaps,
            double=shown.double,
            leave=shown.leave,
            notes=shown.notes,
        )
        return Foretold("", effects=effects)

    def save_draft(self, draft: Draft, *, keep: bool) -> Changed:
        from oncall_tui.ops.schedules.editing import save_schedule
        from oncall_tui.ops.schedules.undoing import Undo
        from oncall_tui.tui.schedules.editor.drafting import schedule_of

        session = self._opened()
        shown = save_schedule(session, schedule_of(draft, session.now(), keep=keep), seen=draft.seen, accept=True)
        back = Undo(schedule=shown.name, at=session.now(), before=shown.before, after=shown.after)
        word = "is made" if draft.seen is None else "is saved"
        return Changed(f"schedule {shown.name} {word}", undo=back, schedule=shown.after)

    def delete_schedule(self, draft: Draft) -> Changed:
        from oncall_tui.ops.schedules.editing import delete_schedule

        assert draft.seen is not None
        delete_schedule(self._opened(), draft.seen.name, seen=draft.seen)
        return Changed(f"schedule {draft.seen.name} is deleted")

    def undo_schedule(self, change: Undo) -> Outcome:
        from oncall_tui.ops.schedules.undoing import undo_change

        return Outcome(undo_change(self._opened(), change))


def _arguments(cover: Cover) -> dict[str, Any]:
    wanted: dict[str, Any] = {"schedule": cover.schedule, "start": cover.start, "end": cover.end}
    match cover.way:
        case Way.ADD:
            return {**wanted, "add": cover.users}
        case Way.REMOVE:
            return {**wanted, "remove": cover.users}
        case Way.SWAP:
            return {**wanted, "users": cover.users, "replaces": cover.replaces}
        case Way.TAKE_OVER:
            return {**wanted, "users": cover.users}


def _refused_or(foresee: Any) -> Foretold:
    try:
        shown: changing.Changed = foresee()
    except InvalidMany as error:
        return _problems(error.parts)
    except OncallError as error:
        return _problems([error])
    moves = shown.preview
    effects = Effects(
        gained=moves.gained,
        lost=moves.lost,
        gaps=tuple(gap for gap in moves.gaps if not gap.planned),
        double=moves.double,
        leave=shown.leave,
    )
    return Foretold(shown.text, effects=effects)


def _problems(found: Any) -> Foretold:
    told = tuple((one.path or "", f"{one.sentence}{' (' + one.mend + ')' if one.mend else ''}") for one in found)
    return Foretold(told[0][1] if told else "that can't be done", ok=False, problems=told)
