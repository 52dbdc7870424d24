"""Silences: made, listed, ended. What one holds back opens when it is over and still fires (docs/silences.md)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError, Unknown
from oncall_tui.domain.matching.silences import Silence, SilenceState
from oncall_tui.domain.routing import Matcher, format_matchers, parse_matchers
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops import heartbeats
from oncall_tui.ops.directory.loading import UNREADABLE, silence_of
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows.writing import note
from oncall_tui.storage.statements.intake import silences as rows

LONGEST = timedelta(days=366)
LONGEST_COMMENT = 2_000
LONGEST_CREATOR = 200
MOST_MATCHERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """A silence to be; `integration`: only that one's alerts are silent."""

    matchers: tuple[Matcher, ...]
    start: datetime
    end: datetime
    creator: str
    comment: str = ""
    integration: str | None = None


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A silence, where it stands, and how many alerts it holds back now."""

    silence: Silence
    state: SilenceState
    held_back: int


def create(  # noqa: PLR0913 - what, when and who
    conn: Connection,
    world: World,
    wanted: NewSilence,
    now: datetime,
    *,
    by: str,
    via: str,
    account: str | None = None,
) -> Silence:
    """Make a silence, in the caller's transaction. Raises Invalid or InvalidMany.

    `by` and `via` go into the audit trail.
    """
    _check(wanted, world, now)
    values = {
        "uuid": str(uuid.uuid4()),
        "matchers": format_matchers(wanted.matchers),
        "start_at": wanted.start,
        "end_at": wanted.end,
        "creator": wanted.creator,
        "comment": wanted.comment,
        "integration": wanted.integration,
    }
    number = rows.add(conn, **values, made_at=now)
    made = Silence(
        id=number,
        uuid=str(values["uuid"]),
        matchers=wanted.matchers,
        start=wanted.start,
        end=wanted.end,
        creator=wanted.creator,
        comment=wanted.comment,
        integration=wanted.integration,
    )
    _tell(conn, "silence.added", made, now, (by, via, account))
    return made


def expire(  # noqa: PLR0913 - which, when, who and whose
    conn: Connection,
    name: str,
    now: datetime,
    *,
    by: str,
    via: str,
    account: str | None = None,
    integration: str | None = None,
) -> Silence:
    """End a silence now, by number or UUID: what it holds back and still fires opens. One that is over stays as it is.

    Raises Unknown; with an integration, for the silences of others too.
    """
    silence = find(conn, name, integration=integration)
    if silence.state_at(now) is SilenceState.EXPIRED:
        return silence
    start = min(silence.start, now)
    rows.move(conn, silence.id, start, now)
    rows.look_again(conn, silence.id, now)
    if silence.integration is None:
        heartbeats.heard_again(conn, silence, now)
    _tell(conn, "silence.ended", silence, now, (by, via, account))
    return find(conn, name, integration=integration)


def replace(  # noqa: PLR0913 - which, what, when, who and whose
    conn: Connection,
    world: World,
    name: str,
    wanted: NewSilence,
    now: datetime,
    *,
    by: str,
    via: str,
    account: str | None = None,
    integration: str | None = None,
) -> Silence:
    """End a silence and make another in its place, as Alertmanager does with one that is edited. Raises as both do."""
    _check(wanted, world, now)
    expire(conn, name, now, by=by, via=via, account=account, integration=integration)
    return create(conn, world, wanted, now, by=by, via=via, account=account)


def find(conn: Connection, name: str, *, integration: str | None = None) -> Silence:
    """The silence of this number or UUID. Raises Unknown; with an integration, for the silences of others too."""
    row = rows.found(conn, name)
    if row is None or (integration is not None and row.integration != integration):
        raise Unknown(f"there is no silence '{name[:60]}'", mend="see 'oncall silence list --all'", path="silence")
    return silence_of(row)


def listed(
    conn: Connection, now: datetime, *, integration: str | None = None, over: bool = True
) -> tuple[Silence, ...]:
    """Silences, the one that ends last first; without `over` only those that hold now or are to come."""
    found = []
    for row in rows.every(conn, None if over else now):
        if integration is None or row.integration == integration:
            try:
                found.append(silence_of(row))
            except UNREADABLE:
                continue  # the worker's log tells of it; it silences nothing
    return tuple(found)


def silences_at(conn: Connection, at: datetime) -> tuple[Silence, ...]:
    """The silences that hold at an instant."""
    return tuple(one for one in listed(conn, at) if one.state_at(at) is SilenceState.ACTIVE)


def add_silence(
    session: Session,
    *,
    matchers: str | Sequence[Matcher],
    start: datetime | None = None,
    end: datetime | None = None,
    length: timedelta | None = None,
    comment: str = "",
) -> SilenceRow:
    """Silence what matches from `start` (now) to `end`, or for a length. Raises Invalid, InvalidMany or Forbidden."""
    session.actor.may_act()
    now = session.now().replace(microsecond=0)
    begin = start if start is not None else now
    over = end if end is not None else begin + length if length is not None else None
    if over is None:
        raise Invalid("a silence needs an end", mend="say for how long, or until when", path="end")
    parsed = _parsed(matchers) if isinstance(matchers, str) else tuple(matchers)
    actor = session.actor
    wanted = NewSilence(matchers=parsed, start=begin, end=over, creator=actor.name, comment=comment)
    with session.writing() as conn:
        revision.lock(conn)
        world = session.directory.world(conn)
        made = create(conn, world, wanted, session.now(), by=actor.name, via=actor.via, account=actor.os_account)
    return SilenceRow(made, made.state_at(session.now()), 0)


def list_silences(session: Session, *, over: bool = False) -> tuple[SilenceRow, ...]:
    """Silences with what they hold back; with `over` also those that are."""
    now = session.now()
    with session.reading() as conn:
        counts = rows.held_back(conn)
        found = listed(conn, now, over=over)
    return tuple(SilenceRow(one, one.state_at(now), counts.get(one.id, 0)) for one in found)


def delete_silence(session: Session, name: str) -> SilenceRow:
    """End a silence now: what it holds back and still fires opens. Raises Unknown or Forbidden."""
    session.actor.may_act()
    now, actor = session.now(), session.actor
    with session.writing() as conn:
        revision.lock(conn)
        ended = expire(conn, name, now, by=actor.name, via=actor.via, account=actor.os_account)
        counts = rows.held_back(conn)
    return SilenceRow(ended, ended.state_at(now), counts.get(ended.id, 0))


def _parsed(text: str) -> tuple[Matcher, ...]:
    try:
        return parse_matchers(text)
    except Invalid as error:
        raise Invalid(error.sentence, mend=error.mend, path="matchers") from None


def _check(wanted: NewSilence, world: World, now: datetime) -> None:
    errors = [*_wrong_matchers(wanted.matchers), *_wrong_span(wanted, now)]
    if wanted.integration is not None and wanted.integration not in world.integrations:
        errors.append(Unknown(f"there is no integration '{wanted.integration}'", path="integration"))
    for path, text, most in (
        ("comment", wanted.comment, LONGEST_COMMENT),
        ("creator", wanted.creator, LONGEST_CREATOR),
    ):
        if len(text) > most:
            errors.append(Invalid(f"more than {most} characters", mend="shorten it", path=path))
    if errors:
        raise errors[0] if len(errors) == 1 else InvalidMany(errors)


def _wrong_matchers(matchers: Sequence[Matcher]) -> Iterator[OncallError]:
    if any(matcher.expression for matcher in matchers):
        mend = "put a label's odd name in double quotes"
        yield Invalid("a silence looks at labels and fields, not at payloads", mend=mend, path="matchers")
    elif all(matcher.takes("") for matcher in matchers):
        # As Alertmanager demands: whoever means everything has to say so by a label that everything has.
        mend = 'name what is to be silent, like alertname="DiskFull"'
        yield Invalid("at least one matcher must not match the empty text", mend=mend, path="matchers")
    if len(matchers) > MOST_MATCHERS:
        yield Invalid(f"more than {MOST_MATCHERS} matchers", mend="make two silences", path="matchers")


def _wrong_span(wanted: NewSilence, now: datetime) -> Iterator[OncallError]:
    if wanted.end <= wanted.start:
        yield Invalid("it ends before it starts", mend="swap start and end", path="end")
    elif wanted.end <= now:
        yield Invalid("it would be over already", mend="give an end that is to come", path="end")
    elif wanted.end - wanted.start > LONGEST:
        yield Invalid("longer than a year", mend="give an earlier end", path="end")


def _tell(conn: Connection, action: str, silence: Silence, now: datetime, author: tuple[str, str, str | None]) -> None:
    """Into the audit trail; and every process reads its silences anew."""
    by, via, account = author
    span = f"{format_instant(silence.start)} to {format_instant(silence.end)}"
    note(
        conn,
        [
            {
                "at": now,
                "actor": by,
                "os_account": account,
                "via": via,
                "action": action,
                "object": f"silence {silence.id}",
                "text": f"{format_matchers(silence.matchers)}: {span}",
            }
        ],
    )
    revision.move_on(conn)
