"""`oncall` in this process, and a small team for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from oncall_tui.cli.root import root
from tests.support.processes import oncall_environment

KEY = "0123456789abcdef0123456789abcdef"
TEAM = f"""
version: 1
users:
  - {{username: ana, role: admin, contacts: [{{name: push, url: "json://127.0.0.1:9/ana"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "json://127.0.0.1:9/bo"}}]}}
  - {{username: vi, role: viewer}}
teams:
  - {{name: payments, members: [ana, bo], policies: [payments]}}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers: [{{name: weekly, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}}]
  - name: office
    timezone: America/New_York
    layers:
      - name: days
        users: [bo]
        start: 2026-01-05T09:00
        every: 1d
        restrict: [{{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}}]
policies:
  - name: payments
    steps:
      - {{delay: 5m, targets: [{{schedule: primary}}]}}
      - {{delay: 10m, targets: [{{user: bo}}, {{team: payments}}]}}
  - {{name: office, steps: [{{delay: 5m, targets: [{{schedule: office}}]}}]}}
services:
  - {{name: checkout, team: payments, policy: payments}}
  - {{name: search, policy: office}}
integrations:
  - {{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}
"""


@dataclass(frozen=True)
class CommandLine:
    """`oncall` in this process, on one database."""

    url: str
    folder: Path

    def __call__(self, *arguments: str, user: str = "ana", env: Mapping[str, str] | None = None) -> Result:
        """Run a command; whatever its exit status."""
        settings = oncall_environment(self.url, {"ONCALL_USER": user, **(env or {})})
        wanted = {name: value for name, value in settings.items() if name.startswith(("ONCALL_", "NO_COLOR"))}
        return CliRunner(env=wanted).invoke(root, list(arguments))

    def ok(self, *arguments: str, user: str = "ana") -> str:
        """What a command that must succeed says."""
        done = self(*arguments, user=user)
        assert done.exit_code == 0, f"{arguments} → {done.exit_code}\n{done.output}\n{done.exception!r}"
        return done.stdout

    def json(self, *arguments: str, user: str = "ana") -> Any:
        """The answer of a command that must succeed."""
        return json.loads(self.ok(*arguments, "--json", user=user))

    def refused(self, *arguments: str, user: str = "ana", status: int = 1) -> list[dict[str, str]]:
        """The errors of a command that must end with this status."""
        done = self(*arguments, "--json", user=user)
        assert done.exit_code == status, f"{arguments} → {done.exit_code}\n{done.output}\n{done.exception!r}"
        errors: list[dict[str, str]] = json.loads(done.stdout)["errors"]
        return errors

    def file(self, text: str, name: str = "team.yaml") -> str:
        """A file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


def command_line(url: str, folder: Path) -> CommandLine:
    """A command line on a database with the team in it."""
    made = CommandLine(url, folder)
    made.ok("config", "apply", made.file(TEAM))
    return made
