"""The answer page as HTML: every word of it escaped, every sender's text stripped of what does not show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from oncall_tui.domain.errors import OncallError
from oncall_tui.intake.answer_page.style import CSS
from oncall_tui.notify.words.texts import age_text
from oncall_tui.notify.words.wording import local_time, names_in_words, one_line, paragraphs
from oncall_tui.ops.answering import Act, AnswerView
from oncall_tui.ops.reading.rows import IncidentRow

TITLE_LIMIT = 160
TEXT_LIMIT = 300
DESCRIPTION_LIMIT = 2000
DESCRIPTION_LINES = 30
ENTRIES_SHOWN = 10

_GLYPHS = {"triggered": "!", "acknowledged": "~", "resolved": "✓"}


def page(view: AnswerView) -> str:
    """What a link shows its reader."""
    incident = view.detail.incident
    return _document(f"#{incident.number} {one_line(incident.title, 80)}", "\n".join(_body(view)))


def refusal(error: OncallError) -> str:
    """A page for a link that opens nothing, in plain words."""
    return _document(
        "oncall",
        f'<h1>{escape(one_line(error.sentence, TEXT_LIMIT))}</h1><p class="quiet">'
        f"{escape(one_line(error.mend, TEXT_LIMIT))}</p>",
    )


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{CSS}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _body(view: AnswerView) -> Iterator[str]:
    incident = view.detail.incident
    glyph = _GLYPHS.get(incident.state, "")
    yield (
        f'<p class="state {escape(incident.state)}">{glyph} {escape(incident.state)} · '
        f"{escape(incident.severity)} · #{incident.number}</p>"
    )
    yield f"<h1>{escape(one_line(incident.title, TITLE_LIMIT))}</h1>"
    yield from _news(view)
    yield f"<p>{escape(_who_has_it(view))}</p>"
    yield "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in _particulars(view)) + "</dl>"
    description = paragraphs(incident.description, DESCRIPTION_LIMIT, DESCRIPTION_LINES)
    if description:
        yield f'<p class="description">{escape(description)}</p>'
    yield from _story(view)
    yield (
        f'<footer class="quiet">Page {escape(view.page)} for {escape(view.reader)}. '
        f"This link is good until {escape(local_time(view.expires_at, view.timezone))}.</footer>"
    )
    yield from _buttons(view)


def _news(view: AnswerView) -> Iterator[str]:
    if view.told:
        yield f'<p class="told" role="status">{escape(view.told)}</p>'
    if view.refusal is not None:
        mend = "" if view.asks is not None else view.refusal.mend
        words = f"{view.refusal.sentence}." + (f" {mend[:1].upper()}{mend[1:]}." if mend else "")
        yield f'<p class="refused" role="alert">{escape(one_line(words, TEXT_LIMIT))}</p>'
    if view.asks is Act.ESCALATE:
        whom = names_in_words(view.would_page) if view.would_page else "nobody: nobody is left to be reached"
        yield f'<p class="asks" role="alert">Escalating now pages {escape(whom)}.</p>'
    elif view.asks is Act.ACKNOWLEDGE:
        holder = view.detail.incident.acknowledged_by or "somebody else"
        yield f'<p class="asks" role="alert">Take it over from {escape(one_line(holder, 80))}?</p>'


def _who_has_it(view: AnswerView) -> str:
    incident = view.detail.incident
    if incident.state == "resolved":
        by, at, words = incident.resolved_by, incident.resolved_at, f"Resolved ({incident.resolution}) by"
    elif incident.state == "acknowledged":
        by, at, words = incident.acknowledged_by, incident.acknowledged_at, "With"
    else:
        return "Nobody has it yet."
    who = "you" if by == view.reader else one_line(by or "nobody", 80)
    when = f" since {local_time(at, view.timezone)} ({age_text(view.now - at)})" if at is not None else ""
    return f"{words} {who}{when.replace(' since', ',') if incident.state == 'resolved' else when}."


def _particulars(view: AnswerView) -> Iterator[tuple[str, str]]:
    incident = view.detail.incident
    team = f" ({one_line(incident.team, 80)})" if incident.team else ""
    yield "Service", one_line(incident.service, 80) + team
    age = age_text(view.now - incident.opened_at)
    yield "Since", f"{local_time(incident.opened_at, view.timezone)} ({age})"
    yield "Paged", names_in_words(("you", *view.also_paged))
    if incident.state == "triggered":
        yield "Next", _next(view, incident)


def _next(view: AnswerView, incident: IncidentRow) -> str:
    if incident.next is None:
        return "nothing by itself"
    whom = names_in_words(incident.next.users) if incident.next.users else incident.next.kind.replace("_", " ")
    return f"{whom}, {_clock(incident.next.at, view)}"


def _clock(at: datetime, view: AnswerView) -> str:
    """The reader's wall time; which zone that is stands once, above."""
    return local_time(at, view.timezone).rpartition(" ")[0]


def _story(view: AnswerView) -> Iterator[str]:
    entries = view.detail.timeline[-ENTRIES_SHOWN:]
    more = len(view.detail.timeline) - len(entries)
    yield "<h2>What happened</h2><ol>"
    if more:
        yield f'<li class="quiet">{more} earlier: oncall show {view.detail.incident.number}</li>'
    for entry in entries:
        by = f" · {one_line(entry.by, 80)}" if entry.by and entry.by not in entry.text else ""
        text = escape(one_line(entry.text, TEXT_LIMIT) + by)
        yield f"<li><time>{escape(_clock(entry.at, view))}</time>{text}</li>"
    yield "</ol>"


def _buttons(view: AnswerView) -> Iterator[str]:
    incident = view.detail.incident
    if not view.may_act:
        yield '<p class="quiet">You may look but not act.</p>'
        return
    if view.asks is not None:
        words = {Act.ESCALATE: "Yes, escalate", Act.ACKNOWLEDGE: "Yes, take it over"}[view.asks]
        buttons = _button(view.asks, words, first=True) + '<a class="back" href="?">Back</a>'
        yield _form(incident, '<input type="hidden" name="sure" value="yes">' + buttons)
    elif incident.state == "resolved":
        if view.undoable:
            yield _form(incident, _button(Act.UNDO, "Undo"))
    else:
        theirs = incident.state == "acknowledged" and incident.acknowledged_by != view.reader
        mine = incident.state == "acknowledged" and not theirs
        acknowledge = "" if mine else _button(Act.ACKNOWLEDGE, "Take over…" if theirs else "Acknowledge", first=True)
        rest = _button(Act.ESCALATE, "Escalate…") + _button(Act.RESOLVE, "Resolve")
        yield _form(incident, acknowledge + rest)


def _form(incident: IncidentRow, inside: str) -> str:
    return f'<form method="post"><input type="hidden" name="version" value="{incident.version}">{inside}</form>'


def _button(act: Act, words: str, *, first: bool = False) -> str:
    dress = ' class="first"' if first else ""
    return f'<button{dress} name="act" value="{act}">{words}</button>'
