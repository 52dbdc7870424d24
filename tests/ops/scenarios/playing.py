"""A config and a scenario as texts, played; what comes out in few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.simulation import Simulated, simulate
from oncall_tui.domain.world import World
from oncall_tui.ops.config.validation import validate
from oncall_tui.ops.config.worlds import world_of
from oncall_tui.ops.scenarios import Script, judge, read_scenario

START = datetime(2026, 3, 1, 3, 10, tzinfo=UTC)
PEOPLE = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/a"}, {name: mail, url: "json://127.0.0.1:9/m"}],
     rules: [{contact: push}, {contact: mail, delay: 3m, urgency: high}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/b"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/c"}]}
  - {username: vi, role: viewer}
"""


@dataclass(frozen=True)
class Played:
    """What a scenario led to."""

    script: Script
    found: Simulated

    @property
    def pages(self) -> list[tuple[float, str | None, str]]:
        """(minutes after the first event, user, contact) of every page."""
        return [(self.after(due.at), due.page.user, due.page.contact) for due in self.found.pages]

    @property
    def places(self) -> list[tuple[float, str | None, int, int]]:
        """(minutes after the first event, user, step, round) of every page."""
        return [(self.after(due.at), due.page.user, due.page.step, due.page.round) for due in self.found.pages]

    @property
    def rejected(self) -> list[tuple[float, str, str | None]]:
        """(minutes after the first event, what, by whom) of everything refused."""
        return [(self.after(one.at), one.do, one.by) for one in self.found.rejected]

    @property
    def failures(self) -> list[tuple[str, str]]:
        """(path, sentence) of every expectation that does not hold."""
        return [(one.path, one.sentence) for one in judge(self.script, self.found)]

    def after(self, at: datetime) -> float:
        """Minutes after the first event."""
        return (at - self.script.scenario.happenings[0].at) / timedelta(minutes=1)


def world(config: str) -> World:
    """The world of PEOPLE and this."""
    return world_of(validate(PEOPLE + config, addresses=False).config)


def play(config: str, events: str, until: str = "+1h", more: str = "") -> Played:
    """Play events, one a line, at the service checkout; the first at START unless it says otherwise."""
    lines = [line.strip() for line in events.strip().splitlines()]
    listed = "\n".join(f"  - {line}" for line in lines)
    text = f"service: checkout\nevents:\n{listed}\nuntil: {until}\n{more}"
    known = world(config)
    script = read_scenario(text, known)
    return Played(script, simulate(known, script.scenario))
