"""The last line: the keys that work, what is said for a while, and what is asked in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from textual import events
from textual.widget import Widget

from oncall_tui.tui.commands import keys
from oncall_tui.tui.commands.parts import PartedApp
from oncall_tui.tui.model import Tab
from oncall_tui.tui.presenters import top
from oncall_tui.tui.presenters.line import Piece, Tone, line, spread
from oncall_tui.tui.schedules.asking import Ask, Say
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.widgets.bars import Answer, KeyBar
from oncall_tui.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from oncall_tui.tui.views.schedule import ScheduleView
    from oncall_tui.tui.widgets.command_list import CommandList

SAID_SECONDS = 8.0
MOST_SAID = 4  # lines: a refusal with its mend, or an address to copy by hand


class SayingApp(PartedApp):
    """Says and asks. It knows what is open, and so which keys to show and whether a question may take them."""

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__(ansi_color=True)  # before the theme is set: NO_COLOR then strips colours, not tones them
        self.key_names = keys.KeyNames(keymap)
        self._tab = Tab.INCIDENTS
        self._said: tuple[str, Tone] | None = None
        self._views: dict[Tab, Widget] = {}  # of the tabs that were opened
        self._commands: CommandList | None = None  # once it was opened

    def focus_tab(self) -> None:
        """Give the keys back to the open tab."""
        raise NotImplementedError

    @property
    def _is_drawn(self) -> bool:
        """Whether the widgets are there: news can still come in while the application closes."""
        return bool(self.screen_stack) and any(isinstance(child, KeyBar) for child in self.screen.children)

    @property
    def shows_commands(self) -> bool:
        """Whether the help or the palette is in the place of the tab."""
        return self._commands is not None and self._commands.is_open

    def on_ask(self, message: Ask) -> None:
        if not self._is_asking() and self.query_one("#keys").display:
            self.query_one(KeyBar).ask(message.words, message.answers, message.then, message.left)
        elif message.left is not None:
            message.left()

    def on_say(self, message: Say) -> None:
        self.say(message.text, message.tone)

    def on_new_keys(self) -> None:
        self._said = None
        if self._is_drawn:  # it may come while all is taken down
            self._draw_keys()

    def open_prompt(
        self,
        label: str,
        then: Callable[[str], None],
        *,
        candidates: Callable[[str], Sequence[str]] = lambda _: (),
        hint: Callable[[str], str] = lambda _: "",
        history: Sequence[str] = (),
    ) -> None:
        """Ask for a line in the place of the keys."""
        from oncall_tui.tui.widgets.prompt import Prompt

        def ask(prompt: Prompt) -> None:
            self.query_one("#keys").display = False
            prompt.open(label, then, candidates=candidates, hint=hint, history=history)

        self.use(Prompt, ask)

    def on_prompt_left(self) -> None:
        self._show_keys()

    def _show_keys(self) -> None:
        self.query_one("#keys").display = True
        if not self.shows_commands:
            self.focus_tab()

    def _ask(self, words: str, answers: Sequence[Answer], then: Callable[[str], None]) -> None:
        self.query_one(KeyBar).ask(words, answers, then)

    async def take_key(self, event: events.Key) -> None:
        if self._is_asking():
            self.query_one(KeyBar).take(event.key)
            return
        await super().take_key(event)

    def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        self.simulate_key(keys.textual_keys((message.key,)).partition(",")[0])

    def _is_asking(self) -> bool:
        return self._is_drawn and self.query_one(KeyBar).asking

    @property
    def is_occupied(self) -> bool:
        """Whether keys are for something that was begun: a question that comes late must not take them for answers."""
        begun = self._is_asking() or self.shows_commands or not self.query_one("#keys").display
        covered = self._tab is Tab.SCHEDULE and bool(cast("ScheduleView", self._views[Tab.SCHEDULE]).keys)
        return begun or covered or not isinstance(self.focused, LineView)

    def say(self, text: str, tone: Tone = Tone.PLAIN, *, stays: bool = False) -> None:
        """Say something in the key line: for a while, or until esc."""
        said = (text, tone)
        self._said = said
        self._draw_keys()
        if not stays:
            self.set_timer(SAID_SECONDS, lambda: self._unsay() if self._said is said else None)

    def _unsay(self) -> None:
        self._said = None
        self._draw_keys()

    def _draw_keys(self) -> None:
        bar = self.query_one(KeyBar)
        if self._said is not None:
            text, tone = self._said
            bar.say(*(line(Piece(f" {part}", tone)) for part in spread(text, self.size.width - 1, MOST_SAID)))
            return
        view = self.query_one(IncidentsView)
        if self._tab is Tab.INCIDENTS and view.filter_row.is_typing and not self.shows_commands:
            bar.say(top.filter_line(keys.IN_FILTER, self.size.width))
            return
        shown: Sequence[tuple[str, str]] = self.key_names.by_tab[self._tab]
        if self.shows_commands:
            shown = keys.IN_COMMANDS
        elif self._tab is Tab.INCIDENTS and view.is_full:
            shown = self.key_names.in_story
        elif self._tab is Tab.SCHEDULE:
            shown = cast("ScheduleView", self._views[Tab.SCHEDULE]).keys or shown
        elif self._views[self._tab].has_class("-full"):
            shown = self.key_names.in_full[self._tab]
        bar.say(top.keys_line(shown, self.size.width))

    def on_descendant_focus(self) -> None:
        if self._is_drawn:
            self._draw_keys()
