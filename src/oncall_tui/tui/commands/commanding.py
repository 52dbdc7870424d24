"""Commands by name and by key: the `:` line, the palette, the help, and what each finds its way to."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from oncall_tui.domain.directory.runbooks import is_address
from oncall_tui.ops.verbs import BY_ID, BY_NAME, VERBS, Scope, Takes, Verb
from oncall_tui.tui.commands import keys
from oncall_tui.tui.commands.arranging import ArrangingApp
from oncall_tui.tui.model import Tab
from oncall_tui.tui.presenters.commands.candidates import candidates
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.tty.terminal import copying, may_suspend
from oncall_tui.tui.views.incidents import IncidentsView

if TYPE_CHECKING:
    from oncall_tui.tui.widgets.command_list import CommandList

HISTORY = 50
_TABS = {f"anywhere.tab_{tab.name.lower()}": tab for tab in Tab}
_TAB_OF = {scope: tab for tab, scope in keys.SCOPES.items()}


class CommandingApp(ArrangingApp):
    """Runs the commands of the registry, however they were given."""

    _history: tuple[str, ...] = ()

    def open_tab(self, tab: Tab) -> None:
        """Show this tab."""
        raise NotImplementedError

    def action_verb(self, name: str) -> None:
        """A key was pressed that stands for this command."""
        self.run_verb(BY_ID[name])

    def run_verb(self, verb: Verb, said: str | None = None) -> None:
        """Run a command, with what was said beside it."""
        if verb.id in _TABS:
            self.open_tab(_TABS[verb.id])
            return
        own: dict[str, Callable[[str | None], object]] = {
            "anywhere.command": lambda _: self._open_line(),
            "anywhere.palette": lambda _: self._open_commands(finding=True),
            "anywhere.help": lambda _: self._open_commands(finding=False),
            "anywhere.suspend": lambda _: self.suspend_if_may(),
            "anywhere.quit": lambda _: self.exit(),
            "incidents.view": self.view,
            "incidents.sort": self.sort,
            "incidents.group": self.group,
            "incidents.utc": lambda _: self.toggle_utc(),
            "incidents.runbook": lambda _: self._copy(runbook=True),
            "incidents.copy": lambda _: self._copy(runbook=False),
        }
        if verb.scope is Scope.INCIDENTS and self._tab is not Tab.INCIDENTS:
            self._come_to_incidents(verb, said)
        elif verb.id in own:
            own[verb.id](said)
        elif verb.id == "incidents.filter" and said is not None:
            self.query_one(IncidentsView).ask_for(said)
        elif verb.id.startswith("incident."):
            self.run_on_incidents(verb, said)
        else:
            self._press(verb)

    def _come_to_incidents(self, verb: Verb, said: str | None) -> None:
        """Run it where its incident can be seen; what changes one is given once more there, with that one in sight."""
        self.open_tab(Tab.INCIDENTS)
        if verb.id.startswith("incident.") and verb.id != "incident.new":
            self.say(f"{verb.name} is for the incident under the cursor: once more, if it is this one", Tone.WARN)
        else:
            self.call_after_refresh(self.run_verb, verb, said)

    def _press(self, verb: Verb) -> None:
        """The screen's own commands run as if their key was pressed, on their tab."""
        if (tab := _TAB_OF.get(verb.scope)) is not None and tab is not self._tab:
            self.open_tab(tab)
        if key := self.key_names.pressed(verb):
            self.call_after_refresh(self.simulate_key, key)

    def suspend_if_may(self) -> None:
        """Back to the shell, where there is one that is meant to be reached."""
        if may_suspend(os.environ):
            self.action_suspend_process()
        else:
            self.say("there is no shell behind this terminal: q leaves it", Tone.QUIET)

    def _copy(self, *, runbook: bool) -> None:
        """Copy something of the incident: a browser or a clipboard of this box would be nobody's."""
        row = self.query_one(IncidentsView).under_cursor
        if row is None:
            self.say("there is no incident here", Tone.QUIET)
        elif not runbook:
            self.copy(" ".join(part for part in (f"#{row.number}", row.title, row.link) if part))
        elif row.runbook is None:
            self.say(f"the service {row.service} has no runbook", Tone.QUIET)
        elif is_address(row.runbook):
            self.copy(row.runbook)
        else:
            self.query_one(IncidentsView).open_runbook()

    def copy(self, text: str) -> None:
        """Copy a text, as far as the terminal lets us, and show it."""
        self.write_out(copying(text, os.environ))
        self.say(f"copied: {text}", Tone.GOOD)

    def write_out(self, sequence: str) -> None:
        """Send the terminal a sequence of its own; nothing when there is none."""
        if sequence and self._driver is not None:
            self._driver.write(sequence)

    # The `:` line

    def _open_line(self) -> None:
        self._close_commands()
        self.open_prompt(":", self._typed, candidates=self._candidates, hint=_hint, history=self._history)

    def _candidates(self, text: str) -> Sequence[str]:
        name, blank, _ = text.partition(" ")
        if not blank:
            return [verb.name for verb in _by_nearness(self._tab)]
        verb = BY_NAME.get(name)
        return candidates(verb.takes, self._snapshot) if verb is not None else ()

    def _typed(self, text: str) -> None:
        words = text.strip()
        if not words:
            return
        self._history = (*(one for one in self._history if one != words), words)[-HISTORY:]
        name, _, said = words.partition(" ")
        verb = BY_NAME.get(name) or next((one for one in _by_nearness(self._tab) if one.name.startswith(name)), None)
        if verb is None:
            self.say(f"there is no command {name!r}: tab completes, ctrl+p finds one by its words", Tone.WARN)
        elif said.strip() and verb.takes is Takes.NOTHING:
            self.say(f"{verb.name} takes nothing beside it", Tone.WARN)
        else:
            self.run_verb(verb, said.strip() or None)

    # The help and the palette

    def _open_commands(self, *, finding: bool) -> None:
        if self._close_commands():
            return
        from oncall_tui.tui.widgets.command_list import CommandList

        def show(commands: CommandList) -> None:
            self._commands = commands
            self.hide_views()
            commands.open(keys.SCOPES[self._tab], self.key_names.of, finding=finding)
            self._draw_keys()

        self.use(CommandList, show)

    def hide_views(self) -> None:
        """Take the open tab off the screen, for what is shown in its place."""
        raise NotImplementedError

    def _close_commands(self) -> bool:
        if not self.shows_commands:
            return False
        self._back_to_tab()
        return True

    def _back_to_tab(self) -> None:
        if self._commands is not None:
            self._commands.close()
        self.open_tab(self._tab)

    def on_command_list_left(self) -> None:
        self._back_to_tab()

    def on_command_list_chosen(self, message: CommandList.Chosen) -> None:
        verb = message.verb
        self._back_to_tab()
        if verb.id not in ("anywhere.help", "anywhere.palette"):
            self.call_after_refresh(self.run_verb, verb)


def _by_nearness(tab: Tab) -> list[Verb]:
    """The commands, those of the open tab first: of two with one beginning the nearer is meant."""
    return sorted(VERBS, key=lambda verb: (verb.scope is not keys.SCOPES[tab], verb.scope is Scope.ANYWHERE))


def _hint(text: str) -> str:
    verb = BY_NAME.get(text.partition(" ")[0])
    return f"{verb.usage}: {verb.title}" if verb is not None else "tab completes, enter runs"
