"""Apprise's own custom notifications: json://, form:// and xml:// post title, message and type.

https://github.com/caronc/apprise/wiki/Notify_Custom_JSON. Their types are info, success, warning and failure; a success
resolves the alert of its key, or of its title. `:key=…` in the address adds a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from oncall_tui.domain.events import Action, cut
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.decoding import one_line
from oncall_tui.intake.payload.fields import text_of
from oncall_tui.intake.payload.made import event_from
from oncall_tui.intake.payload.posted import fields_of
from oncall_tui.intake.payload.reading import Dialect, Post, Reading, Unusable
from oncall_tui.intake.payload.templated import folded
from oncall_tui.intake.sources.answers import accepted, unknown_key, unusable

LEAVES = 200
DEPTH = 50
_SEVERITIES = {"failure": Severity.HIGH, "warning": Severity.MEDIUM, "info": Severity.INFO, "success": Severity.INFO}


def read(post: Post) -> Reading | Unusable:
    """One event; a message without a title is its own."""
    notes: list[str] = []
    given = _leaves(post) if post.body.lstrip()[:1] == b"<" else fields_of(post, notes)
    if isinstance(given, Unusable):
        return given
    fields = folded(given)
    message = text_of(fields, "message", "body")
    title = text_of(fields, "title", "subject") or message.strip().partition("\n")[0]
    key = text_of(fields, "key", "dedupkey").strip()
    if not title and not key:
        return Unusable(errors=("title or message is needed",))
    kind = text_of(fields, "type", "messagetype").strip().lower()
    if kind and kind not in _SEVERITIES:
        notes.append(f"type {cut(one_line(kind), 40)!r} is unknown; taken as a failure")
    event = event_from(
        Action.RESOLVE if kind == "success" else Action.TRIGGER,
        notes,
        key=key,
        title=title or key,
        lines=(message if message.strip() != title.strip() else "",),
        severity=fields.get("severity") or _SEVERITIES.get(kind, Severity.HIGH),
        labels=(("type", kind), ("service", fields.get("service"))),
        links=(fields.get("link"), fields.get("url")),
    )
    return Reading(events=(event,), key=post.key or "")


class _Refused(Exception):
    """A document with a type of its own, the way of entity bombs, or nested deeper than any that Apprise sends."""


def _leaves(post: Post) -> Mapping[str, object] | Unusable:
    """The texts of an XML document's innermost elements by their local names."""
    texts: dict[str, object] = {}
    open_ones: list[list[str]] = []

    def began(_name: str, _attributes: object) -> None:
        if len(open_ones) >= DEPTH:
            raise _Refused
        open_ones.append([])

    def said(text: str) -> None:
        if open_ones:
            open_ones[-1].append(text)

    def ended(name: str) -> None:
        text = "".join(open_ones.pop())
        if text.strip() and len(texts) < LEAVES:
            texts.setdefault(name.rpartition(":")[2], text)

    def refuse(*_: object) -> None:
        raise _Refused

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = began, ended, said
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(post.body.strip(), True)
    except _Refused:
        return Unusable(errors=("XML with a document type, or nested deeply, is not read",), malformed=True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        return Unusable(errors=(f"the body is not XML: {error}",), malformed=True)
    return texts


DIALECT = Dialect(
    kind="apprise", read=read, accepted=accepted, unusable=unusable, unknown_key=unknown_key, also_get=True
)
