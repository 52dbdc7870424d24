"""What people write on an incident: its title, description, severity and labels, and notes. Labels are the tags."""

from __future__ import annotations

from collections.abc import Mapping

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import DESCRIPTION_LIMIT, TITLE_LIMIT, cut
from oncall_tui.domain.incident.causes import Edit, Note
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.moves.urgency import look_at_urgency
from oncall_tui.domain.incident.state import State
from oncall_tui.domain.severity import Severity

NOTE_LIMIT = 2000  # characters, as PagerDuty's notes
LABEL_LIMIT = 120
VALUE_LIMIT = 1024
MOST_LABELS = 100


def note(draft: Draft, cause: Note) -> None:
    """A line of the timeline that somebody wrote; it changes nothing else."""
    if not cause.text.strip():
        raise Invalid("a note needs words", mend="write something")
    draft.say("note", cut(cause.text.strip(), NOTE_LIMIT), by=cause.by)


def edit(draft: Draft, cause: Edit) -> None:
    """Correct what the incident says, also after its end; each change is a line of the timeline."""
    if cause.title is None and cause.description is None and cause.severity is None and not cause.labels:
        raise Invalid("nothing to change is named", mend="give a title, a description, a severity or a label")
    if cause.title is not None:
        _retitle(draft, cause.title, cause.by)
    if cause.description is not None:
        _describe(draft, cause.description, cause.by)
    if cause.labels:
        _label(draft, cause.labels, cause.by)
    if cause.severity is not None:
        _weigh(draft, cause.severity, cause.by)


def _retitle(draft: Draft, title: str, by: str) -> None:
    words = cut(" ".join(title.split()), TITLE_LIMIT)
    if not words:
        raise Invalid("an incident needs a title", mend="say in a few words what is wrong", path="title")
    before = draft.incident.title
    _wrote(draft, "title")
    if words != before:
        draft.put(title=words)
        draft.say("edited", f"title changed from “{before}” to “{words}”", by=by)


def _describe(draft: Draft, description: str, by: str) -> None:
    words = cut(description.strip(), DESCRIPTION_LIMIT)
    _wrote(draft, "description")
    if words != draft.incident.description:
        draft.put(description=words)
        draft.say("edited", "description changed" if words else "description removed", by=by)


def _label(draft: Draft, wanted: Mapping[str, str | None], by: str) -> None:
    labels = dict(draft.incident.labels)
    said = []
    for name, value in wanted.items():
        if not name.strip() or len(name) > LABEL_LIMIT or (value is not None and len(value) > VALUE_LIMIT):
            raise Invalid(
                f"a label has a name of 1 to {LABEL_LIMIT} characters and a value of at most {VALUE_LIMIT}",
                mend="write it like tier=1",
                path="labels",
            )
        if value is None and labels.pop(name, None) is not None:
            said.append(f"label {name} removed")
        elif value is not None and labels.get(name) != value:
            labels[name] = value
            said.append(f"label {name}={value}")
    if len(labels) > MOST_LABELS:
        raise Invalid(f"an incident has at most {MOST_LABELS} labels", mend="remove some", path="labels")
    if said:
        draft.put(labels=labels)
        draft.say("edited", "; ".join(said), by=by)


def _weigh(draft: Draft, severity: Severity, by: str) -> None:
    """A person may lower it, too. Urgency follows upwards only: what pages goes on until somebody acknowledges."""
    before = draft.incident.severity
    _wrote(draft, "severity")
    if severity is before:
        return
    draft.put(severity=severity)
    draft.say("severity", f"severity changed from {before} to {severity}", by=by)
    if draft.incident.state is not State.RESOLVED:
        look_at_urgency(draft, "urgency is high now")


def _wrote(draft: Draft, field: str) -> None:
    if field not in draft.incident.edited:
        draft.put(edited=(*draft.incident.edited, field))
