"""The form under the calendar: an override, in the words and times that somebody types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.when import read_when
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import Piece, Tone, line, quiet
from oncall_tui.tui.schedules.asking import Say
from oncall_tui.tui.schedules.completing import Completing
from oncall_tui.tui.schedules.values import Cover, Way
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.new_incident import Choice

KEYS = (("enter", "go on"), ("↑↓", "line"), ("←→", "choose"), ("tab", "complete, next"), ("esc", "leave"))
ROWS = ("who", "for", "from", "until")
LABELS = {"who": "Who", "for": "For", "from": "From", "until": "Until"}
HINTS = {
    "who": "a username, or several: ana, bo",
    "for": "whom they swap in for",
    "from": "now, fri 9am, 2026-12-24 09:00",
    "until": "+2h, fri 9am, tomorrow 18:00, 2026-12-24 09:00",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the form begins with."""

    schedule: str
    way: Way
    who: str
    replaces: str
    start: str
    until: str
    people: Sequence[str]
    now: datetime
    zone: ZoneInfo


class CoverForm(Container):
    """Enter goes on and asks from the last line; esc leaves; what can't be read is said, and stays to be mended."""

    DEFAULT_CSS = """
    CoverForm { display: none; height: 7; layout: vertical; padding-top: 1; }
    CoverForm .cover-row { height: 1; layout: horizontal; }
    CoverForm .cover-label { width: 15; }
    CoverForm Completing { width: 1fr; }
    CoverForm .cover-echo { width: 34; }
    CoverForm.-alone #cover-row-for { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("enter", "go_on", "go on", show=False),
        Binding("down", "go(1)", "next", show=False),
        Binding("up,shift+tab", "go(-1)", "previous", show=False),
        Binding("tab", "complete", "complete, next", show=False),
    ]

    class Filled(Message):
        """Tell what this would do, and ask."""

        def __init__(self, cover: Cover) -> None:
            super().__init__()
            self.cover = cover

    class Left(Message):
        """The form was left."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._opening: Opening | None = None

    def compose(self) -> ComposeResult:
        yield Bar(id="cover-head")
        yield Choice("Do", id="cover-way")
        for name in ROWS:
            with Container(id=f"cover-row-{name}", classes="cover-row"):
                yield Bar(id=f"cover-label-{name}").add_class("cover-label")
                yield Completing(id=f"cover-{name}", placeholder=HINTS[name])
                yield Bar(id=f"cover-echo-{name}").add_class("cover-echo")

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    def open(self, opening: Opening) -> None:
        """Show it with what it begins with; typing begins at what is not known yet."""
        self._opening = opening
        self.display = True
        self.query_one("#cover-head", Bar).say(line(Piece(f" Override {opening.schedule}", Tone.STRONG)))
        self.query_one("#cover-way", Choice).offer([str(way) for way in Way], str(opening.way))
        values = {"who": opening.who, "for": opening.replaces, "from": opening.start, "until": opening.until}
        for name, value in values.items():
            self.query_one(f"#cover-label-{name}", Bar).say(line(quiet(f" {LABELS[name]}")))
            field = self._field(name)
            field.know(opening.people if name in ("who", "for") else ())
            field.value = value
            field.cursor_position = len(value)
        self._shape()
        self.screen.set_focus(self._field("until" if opening.who else "who"), scroll_visible=False)

    def close(self) -> None:
        """Take it off the screen."""
        self.display = False

    def _field(self, name: str) -> Completing:
        return self.query_one(f"#cover-{name}", Completing)

    @property
    def way(self) -> Way:
        """What is chosen."""
        return Way(self.query_one("#cover-way", Choice).value or Way.TAKE_OVER)

    def _shape(self) -> None:
        self.set_class(self.way is not Way.SWAP, "-alone")
        self._echo()

    def on_choice_changed(self) -> None:
        self._shape()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._echo()

    def _echo(self) -> None:
        """Beside each time that can be read, what it means."""
        start = self._read("from", None)
        until = self._read("until", start)
        assert self._opening is not None
        zone = self._opening.zone
        for name, at, more in (
            ("from", start, ""),
            ("until", until, f", {format_duration(until - start)}" if start and until and until > start else ""),
        ):
            said = f"{times.day(at, zone)} {at.astimezone(zone):%H:%M}{more}" if at is not None else ""
            self.query_one(f"#cover-echo-{name}", Bar).say(line(quiet(said)))

    def _read(self, name: str, since: datetime | None) -> datetime | None:
        try:
            return self._time(name, since)
        except Invalid:
            return None

    def _time(self, name: str, since: datetime | None) -> datetime:
        """What a time means: the end counts from the beginning, so `+2h` is two hours of cover. Raises Invalid."""
        assert self._opening is not None
        base = (since or self._opening.now).replace(microsecond=0)
        return read_when(self._field(name).value, base, self._opening.zone)

    def cover(self) -> Cover:
        """What is filled in. Raises Invalid with the row's name as its path."""
        assert self._opening is not None
        users = _names(self._field("who").value)
        if not users:
            raise Invalid("an override needs somebody", mend="Type a username.", path="who")
        replaces = _names(self._field("for").value) if self.way is Way.SWAP else ()
        if self.way is Way.SWAP and len(replaces) != 1:
            raise Invalid("swap in for one person", mend="Type one username.", path="for")
        times_read: dict[str, datetime] = {}
        for name in ("from", "until"):
            try:
                times_read[name] = self._time(name, times_read.get("from"))
            except Invalid as error:
                raise Invalid(error.sentence, mend=error.mend, path=name) from None
        if times_read["until"] <= times_read["from"]:
            raise Invalid("it would end before it begins", mend="Type a later time.", path="until")
        return Cover(
            schedule=self._opening.schedule,
            way=self.way,
            users=users,
            replaces=replaces[0] if replaces else None,
            start=times_read["from"],
            end=times_read["until"],
        )

    def action_leave(self) -> None:
        self.close()
        self.post_message(self.Left())

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_go_on()

    def action_go_on(self) -> None:
        if not self._field("until").has_focus:
            self.action_go(1)
            return
        try:
            cover = self.cover()
        except Invalid as error:
            self._field(error.path or "until").focus()
            self.post_message(Say(f"{error.sentence} {error.mend or ''}".strip(), Tone.ALARM))
            return
        self.post_message(self.Filled(cover))

    def action_complete(self) -> None:
        focused = self.app.focused
        if not (isinstance(focused, Completing) and focused.complete()):
            self.action_go(1)

    def action_go(self, by: int) -> None:
        places: list[Widget] = [self.query_one("#cover-way", Choice)]
        places += [self._field(name) for name in ROWS if name != "for" or self.way is Way.SWAP]
        at = next((index for index, widget in enumerate(places) if widget.has_focus), 0)
        places[(at + by) % len(places)].focus()


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in re.split(r"[,+\s]+", text) if name))
