"""`oncall integration test` and `examples`: what a payload would do, and payloads to try that with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.intake.payload.reading import Post, Reading
    from oncall_tui.ops.routing.explaining import Explained

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("test", cls=Verb)
@click.argument("name")
@click.argument("payload", type=FILE)
@click.option("--kind", metavar="KIND", help="Read it in this dialect instead of the integration's own.")
@click.option("--query", default="", metavar="TEXT", help="What stood after the ? of the sender's address.")
def test_(name: str, payload: Path, kind: str | None, query: str) -> None:
    """Read PAYLOAD as if it were posted to the integration NAME, and tell what would become of it.

    Nothing is changed. Transforms are named, not run.
    """
    from oncall_tui.intake.payload.posted import payload_of
    from oncall_tui.intake.payload.reading import Post
    from oncall_tui.ops.integrations.reading import integration, mapping_of
    from oncall_tui.ops.routing.explaining import explain

    post = Post(body=payload.read_bytes(), query=query, key="test")
    with session_of_flags() as session:
        own = integration(session, name).kind
        reading = _read(kind or own, post, mapping_of(session, name))
        explained = explain(session, name, reading.events, payload_of(post))
    if said().json:
        say_json({"integration": name, "kind": kind or own, "events": [_shape(one) for one in explained]})
        return
    for place, one in enumerate(explained, 1):
        _tell(place, one)


@click.command("examples", cls=Verb)
@click.argument("kind", required=False)
def examples(kind: str | None) -> None:
    """Print an example payload of KIND; without one, list the kinds there are."""
    from oncall_tui.domain.errors import Unknown
    from oncall_tui.intake.sources import DIALECTS, example

    if kind is None:
        kinds = sorted(DIALECTS)
        if said().json:
            say_json({"kinds": kinds})
        else:
            for known in kinds:
                say(known)
        return
    if kind not in DIALECTS:
        raise Unknown(f"there is no dialect '{kind}'", mend=f"there is: {', '.join(sorted(DIALECTS))}", path="kind")
    click.echo(example(kind).decode(), nl=False)


def _read(kind: str, post: Post, mapping: Mapping[str, str]) -> Reading:
    from oncall_tui.domain.errors import Invalid, Unknown
    from oncall_tui.intake.payload.reading import Unusable
    from oncall_tui.intake.sources import DIALECTS

    dialect = DIALECTS.get(kind)
    if dialect is None:
        raise Unknown(f"there is no dialect '{kind}'", mend=f"there is: {', '.join(sorted(DIALECTS))}", path="kind")
    reading = dialect.mapped(post, mapping) if dialect.mapped is not None and mapping else dialect.read(post)
    if isinstance(reading, Unusable):
        mend = f"compare it with 'oncall integration examples {kind}'"
        raise Invalid(f"no event can be made of it: {'; '.join(reading.errors)}", mend=mend, path="payload")
    return reading


def _tell(place: int, one: Explained) -> None:
    event = one.event
    say(f"event {place}: {event.action} {event.title or '(no title)'}")
    say(f"  key {event.dedup_key or '(made for it)'}, severity {event.severity}, service {one.service}")
    if event.labels:
        say("  labels " + ", ".join(f"{name}={value}" for name, value in event.labels.items()))
    if event.started_at is not None:
        say(f"  began at {format_instant(event.started_at)}")
    for line in (*event.notes, *one.did):
        say(f"  {line}")
    say(f"  would {_would(one)}")
    if one.because:
        remark(f"  because {one.because}")


def _would(one: Explained) -> str:
    match one.verdict:
        case "open":
            return f"open a new incident of {one.service}"
        case "nothing":
            return "change nothing"
        case "suppressed" | "silenced":
            return f"open nothing: it is {one.verdict}"
        case verdict:
            return verdict.replace("_", " ") + (f" #{one.number}" if one.number is not None else "")


def _shape(one: Explained) -> dict[str, Any]:
    event = one.event
    return {
        "action": event.action.value,
        "title": event.title,
        "description": event.description,
        "dedup_key": event.dedup_key,
        "group_key": event.group_key,
        "severity": event.severity.value,
        "labels": dict(event.labels),
        "started_at": None if event.started_at is None else format_instant(event.started_at),
        "link": event.link,
        "notes": list(event.notes),
        "rules": list(one.did),
        "service": one.service,
        "suppressed": one.suppressed,
        "silenced_by": one.silenced_by,
        "verdict": one.verdict,
        "incident": one.number,
        "because": one.because,
    }
