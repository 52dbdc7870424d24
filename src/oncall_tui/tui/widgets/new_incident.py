"""A small form to open an incident by hand: title, service, severity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input

from oncall_tui.domain.severity import Severity
from oncall_tui.tui.presenters.line import Line, Piece, Tone, line, quiet
from oncall_tui.tui.widgets.bars import Bar
from oncall_tui.tui.widgets.field import Field


class Choice(Bar, can_focus=True):
    """One of several: left and right, or a letter it begins with."""

    class Changed(Message):
        """Another one is chosen."""

    def __init__(self, label: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self._options: Sequence[str] = ()
        self._place = 0

    @property
    def value(self) -> str:
        """What is chosen; empty when there is nothing to choose from."""
        return self._options[self._place] if self._options else ""

    def offer(self, options: Sequence[str], chosen: str = "") -> None:
        """Offer these."""
        self._options = options
        self._place = options.index(chosen) if chosen in options else 0
        self.draw()

    def draw(self) -> None:
        """Show what is chosen."""
        self.say(self._line())

    def _line(self) -> Line:
        arrows = Piece(" ‹ › ", Tone.ACCENT) if self.has_focus else Piece("     ")
        value = Piece(self.value or "none", Tone.STRONG if self.has_focus else Tone.PLAIN)
        place = (
            quiet(f"   {self._place + 1} of {len(self._options)}") if self.has_focus and self._options else Piece("")
        )
        return line(quiet(f" {self._label:<9}"), arrows, value, place)

    def on_focus(self) -> None:
        self.draw()

    def on_blur(self) -> None:
        self.draw()

    def on_key(self, event: events.Key) -> None:
        count = len(self._options)
        if not count:
            return
        if event.key in ("left", "right"):
            self._place = (self._place + (1 if event.key == "right" else -1)) % count
        elif event.character and event.character.isprintable() and event.key not in ("space",):
            begins = [index for index, option in enumerate(self._options) if option.startswith(event.character)]
            if not begins:
                return
            self._place = next((index for index in begins if index > self._place), begins[0])
        else:
            return
        event.stop()
        event.prevent_default()
        self.draw()
        self.post_message(self.Changed())


class NewIncident(Container):
    """The form. Enter goes on and opens the incident from the last line; esc leaves."""

    DEFAULT_CSS = """
    NewIncident { display: none; height: 5; layout: vertical; }
    NewIncident #form-row { height: 1; layout: horizontal; }
    NewIncident #form-label { width: 15; }
    NewIncident Field { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("enter", "go_on", "go on", show=False),
        Binding("down,tab", "go(1)", "next", show=False),
        Binding("up,shift+tab", "go(-1)", "previous", show=False),
    ]

    class Filled(Message):
        """Open this one."""

        def __init__(self, title: str, service: str, severity: str) -> None:
            super().__init__()
            self.title, self.service, self.severity = title, service, severity

    class Left(Message):
        """The form was left."""

    def compose(self) -> ComposeResult:
        yield Bar(id="form-head")
        with Container(id="form-row"):
            yield Bar(id="form-label")
            yield Field(id="form-title", placeholder="what is wrong, in a line")
        yield Choice("Service", id="form-service")
        yield Choice("Severity", id="form-severity")

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return bool(self.display)

    def open(self, services: Sequence[str]) -> None:
        """Show it, empty."""
        self.display = True
        head = line(Piece(" New incident", Tone.STRONG), quiet("   enter goes on, esc leaves"))
        self.query_one("#form-head", Bar).say(head)
        self.query_one("#form-label", Bar).say(line(quiet(" Title")))
        self.query_one("#form-title", Field).value = ""
        self.query_one("#form-service", Choice).offer(services)
        self.query_one("#form-severity", Choice).offer([str(severity) for severity in Severity], "high")
        self.query_one("#form-title", Field).focus()

    def action_leave(self) -> None:
        self.display = False
        self.post_message(self.Left())

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_go_on()

    def action_go_on(self) -> None:
        title = self.query_one("#form-title", Field)
        if not title.value.strip():
            title.focus()
            return
        if not self.query_one("#form-severity", Choice).has_focus:
            self.action_go(1)
            return
        service = self.query_one("#form-service", Choice).value
        severity = self.query_one("#form-severity", Choice).value
        self.display = False
        self.post_message(self.Left())
        self.post_message(self.Filled(title.value.strip(), service, severity))

    def action_go(self, by: int) -> None:
        places = [self.query_one("#form-title"), self.query_one("#form-service"), self.query_one("#form-severity")]
        at = next((index for index, widget in enumerate(places) if widget.has_focus), 0)
        places[(at + by) % len(places)].focus()
