"""The ten most usual jobs in a row, in one real tmux at 80×24: the screen says what `oncall` answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oncall_tui.domain.severity import Severity
from oncall_tui.ops.incidents import acts
from tests.cli.running import CommandLine
from tests.support.house import House
from tests.support.processes import ONCALL, Terminal, oncall_environment, wait_until

pytestmark = [pytest.mark.system("tmux"), pytest.mark.timeout(300)]

HOUR = timedelta(hours=1)
RUNBOOK = "https://runbooks.example.com/checkout"
CONFIG = """
version: 1
users:
  - {username: ana, role: admin, timezone: Europe/Lisbon, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
schedules:
  - {name: primary, timezone: UTC, layers: [{name: fixed, shifts: [{user: bo, start: "%s", end: "%s"}]}]}
policies:
  - {name: shop, steps: [{delay: 1h, targets: [{user: ana}]}, {delay: 1h, targets: [{user: cy}]}]}
services:
  - {name: checkout, policy: shop, runbook: "https://runbooks.example.com/checkout"}
  - {name: search, policy: shop}
integrations:
  - {name: monitor, kind: generic, service: checkout, key: "0123456789abcdef0123456789abcdef"}
  - {name: search-monitor, kind: generic, service: search, key: "1123456789abcdef0123456789abcdef"}
"""


class Desk:
    """A database with last week's incident, a fire and a storm of six in it, and ana in front of its terminal."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'oncall.db'}"
        self.numbers: dict[str, int] = {}
        self._fill(folder)
        self.cli = CommandLine(self.url, folder)
        environment = oncall_environment(self.url, {"ONCALL_USER": "ana"})
        self.terminal = Terminal(folder, ONCALL, environment)

    def _fill(self, folder: Path) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        began, end = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (now - 12 * HOUR, now + 12 * HOUR))
        with House(self.url, CONFIG % (began, end), folder, at=now - timedelta(days=7)) as house:
            self._post(house, "old", title="Ledger replica lags", severity=Severity.MEDIUM)
            house.clock.set(now - timedelta(days=7) + HOUR)
            acts.resolve(house.as_user("bo"), self.numbers["old"], reason="fixed")
            house.clock.set(now)
            for number in range(6):
                self._post(house, f"storm-{number}", title=f"Node {number} is gone", integration="search-monitor")
            self._post(house, "disk", title="disk [/var/log] full")
            self._post(house, "queue", title="Queue is long")
            self._post(house, "5xx", title="Checkout 5xx above 5 %", severity=Severity.CRITICAL)

    def _post(self, house: House, key: str, **more: Any) -> None:
        taken = house.post(key=key, **more)
        assert taken.number is not None
        self.numbers[key] = taken.number

    def press(self, *keys: str) -> None:
        """Keys by tmux's names."""
        self.terminal.press(*keys)

    def type(self, text: str) -> None:
        """Text, letter by letter as tmux sends it, and Enter."""
        self.terminal.press("-l", text)
        self.terminal.press("Enter")

    def shows(self, *texts: str) -> str:
        """The screen once it shows all of them."""
        for text in texts:
            shown = self.terminal.wait_for(text)
        return shown

    def filter(self, text: str, count: str) -> None:
        """Show what this filter finds, so many."""
        self.press("/", "C-u")
        self.type(text)
        self.shows(f"/ {text}", count)

    def shown(self, key: str) -> Any:
        """`oncall show --json` of what came with this key."""
        return self.cli.json("show", str(self.numbers[key]))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    try:
        yield made
    finally:
        made.terminal.close()


def test_ten_jobs_in_a_row(desk: Desk) -> None:
    sees_what_burns(desk)
    acknowledges(desk)
    reads_the_runbook(desk)
    acknowledges_a_whole_storm(desk)
    escalates(desk)
    assigns(desk)
    snoozes(desk)
    finds_last_week_s_incident(desk)
    takes_a_shift(desk)
    resolves_with_a_reason(desk)


def sees_what_burns(desk: Desk) -> None:
    shown = desk.shows("9 of 9", "9 triggered", "→ cy")
    assert "bo" in shown.splitlines()[0], "who is on call"
    first = next(line for line in shown.splitlines() if "! TRIG" in line)
    assert "Checkout 5xx above 5 %" in first, "the worst on top"
    assert "crit" in first
    assert "→ cy" in first, "who is next"
    assert desk.shown("5xx")["next"] == ["cy"]


def acknowledges(desk: Desk) -> None:
    desk.press("a")
    desk.shows("8 triggered  1 acked", f"#{desk.numbers['5xx']} acknowledged")
    row = desk.shown("5xx")
    assert (row["state"], row["acknowledged_by"]) == ("acknowledged", "ana")
    assert row["timeline"][-1]["via"] == "tui"


def reads_the_runbook(desk: Desk) -> None:
    desk.filter("5xx", "1 of 1")
    desk.press("o")
    desk.shows(f"copied: {RUNBOOK}")


def acknowledges_a_whole_storm(desk: Desk) -> None:
    desk.filter("service:search", "6 of 6")
    desk.press("A")
    desk.shows("Acknowledge 6 incidents")
    desk.press("y")
    desk.shows("2 triggered  7 acked")
    assert {desk.shown(f"storm-{number}")["acknowledged_by"] for number in range(6)} == {"ana"}


def escalates(desk: Desk) -> None:
    desk.filter("disk", "1 of 1")
    desk.press("e")
    desk.shows(f"Escalate #{desk.numbers['disk']}: page cy?")
    assert desk.shown("disk")["step"] == 1, "nothing is done before the answer"
    desk.press("y")
    wait_until(lambda: desk.shown("disk")["step"] == 2, "step 2")
    desk.shows("step 2 of 2")
    row = desk.shown("disk")
    assert row["assignees"] == ["cy"]
    assert [page["user"] for page in row["pages"]] == ["ana", "cy"]


def assigns(desk: Desk) -> None:
    desk.press("s")
    desk.shows("Assign #")
    desk.type("bo")
    wait_until(lambda: desk.shown("disk")["assignees"] == ["bo"], "bo to have it")
    desk.shows(" bo ")
    assert desk.shown("disk")["pages"][-1]["user"] == "bo", "and paged now"


def snoozes(desk: Desk) -> None:
    desk.filter("Queue", "1 of 1")
    desk.press("z")
    desk.shows("Snooze #")
    desk.type("2h")
    desk.shows("1 triggered  8 acked")
    row = desk.shown("queue")
    assert (row["state"], row["acknowledged_by"]) == ("acknowledged", "ana")
    left = datetime.fromisoformat(row["next_at"]) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=58) < left <= timedelta(hours=2)


def finds_last_week_s_incident(desk: Desk) -> None:
    desk.filter("state:all since:8d before:6d", "1 of 1")
    desk.shows("Ledger replica lags", "resolved: fixed by bo")
    row = desk.shown("old")
    assert (row["state"], row["resolution"]) == ("resolved", "fixed")


def takes_a_shift(desk: Desk) -> None:
    desk.press("2")
    desk.shows("because layer fixed")
    desk.press("t")
    desk.shows("Take bo's shift?")
    desk.press("y")
    desk.shows("u undoes it")
    assert desk.cli.json("who", "--schedule", "primary")["on_call"][0]["users"] == ["ana"]
    desk.press("1")
    assert "ana" in desk.shows("8 acked").splitlines()[0]


def resolves_with_a_reason(desk: Desk) -> None:
    desk.filter("5xx", "1 of 1")
    desk.press("r")
    desk.shows(f"Resolve #{desk.numbers['5xx']}:", "f false alarm")
    desk.press("f")
    desk.shows("1 triggered  7 acked")
    row = desk.shown("5xx")
    assert (row["state"], row["resolution"]) == ("resolved", "false alarm")
