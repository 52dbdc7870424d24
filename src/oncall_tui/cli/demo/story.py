"""What happens in the demo: monitoring posts through the real intake, colleagues act through the real use cases."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oncall_tui.domain.people import Role

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session

ANSWER_WITHIN = 10  # seconds
INBOX_HINT = "Pages of this demo go to its own inbox: curl http://INBOX"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a monitoring system posts."""

    service: str
    key: str
    title: str
    severity: str = "high"
    description: str = ""
    resolved: bool = False

    @property
    def body(self) -> bytes:
        """The post, as the generic door reads it; INBOX stands for the inbox's address."""
        fields = {
            "title": self.title,
            "description": self.description,
            "severity": self.severity,
            "key": self.key,
            "action": "resolve" if self.resolved else "trigger",
        }
        return json.dumps(fields).encode()


@dataclass(frozen=True, slots=True)
class Help:
    """A colleague acknowledges or resolves what an alarm has opened."""

    user: str
    key: str
    resolves: bool = False


Scene = Alarm | Help

BEFORE: tuple[Scene, ...] = (
    Alarm("invoices", "batch", "Invoice batch took 41 min instead of 12", "low"),
    Help("bo", "batch", resolves=True),
    Alarm("edge", "cert", "Certificate of shop.example.com expires in 6 days", "medium"),
    Help("cy", "cert"),
    Alarm("search", "disk", "disk [/var/log] full on search-3", "high", "97 % used, grows 1 % a minute"),
    Alarm("checkout", "5xx", "Checkout 5xx above 5 %", "critical", INBOX_HINT),
    Alarm("checkout", "5xx", "Checkout 5xx above 5 %", "critical", INBOX_HINT),
)
"""What has happened when the terminal opens."""

LATER: tuple[tuple[float, Scene], ...] = (
    (20, Alarm("search", "latency", "Search p99 above 2 s", "high")),
    (15, Alarm("checkout", "5xx", "Checkout 5xx above 9 %", "critical")),
    (25, Help("dee", "latency")),
    (20, Alarm("edge", "proxy", "edge-2 answers nothing", "critical")),
    (30, Alarm("search", "latency", "Search p99 above 2 s", resolved=True)),
    (15, Alarm("invoices", "mail", "412 invoices wait for the mail server", "medium")),
    (40, Alarm("edge", "proxy", "edge-2 answers nothing", resolved=True)),
    (20, Alarm("search", "disk", "disk [/var/log] full on search-3", resolved=True)),
    (30, Alarm("invoices", "mail", "412 invoices wait for the mail server", resolved=True)),
)
"""What happens then, each so many seconds after the one before; over and over."""


@dataclass(slots=True)
class Story:
    """Tells the scenes to a running worker."""

    intake: str
    keys: str
    inbox: str
    session: Session
    pace: float = 1.0
    numbers: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Everything that has happened before."""
        for scene in BEFORE:
            self.play(scene)

    def go_on(self, stop: threading.Event) -> None:
        """Scene after scene until `stop` is set."""
        for wait, scene in _for_ever():
            if stop.wait(wait * self.pace):
                return
            self.play(scene)

    def play(self, scene: Scene) -> None:
        """One scene."""
        if isinstance(scene, Alarm):
            self._post(scene)
        else:
            self._act(scene)

    def _post(self, alarm: Alarm) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own worker's http address
            f"{self.intake}/in/generic/{self.keys}-{alarm.service}",
            alarm.body.replace(b"INBOX", self.inbox.encode()),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=ANSWER_WITHIN) as answer:  # noqa: S310 - the same
            told = json.loads(answer.read())
        if told.get("incident") is not None:
            self.numbers[alarm.key] = int(told["incident"])

    def _act(self, help_: Help) -> None:
        from oncall_tui.domain.errors import Refused
        from oncall_tui.ops.incidents import acts
        from oncall_tui.ops.session import Actor

        actor = Actor(username=help_.user, role=Role.RESPONDER, os_account=help_.user, via="demo")
        colleague = self.session.as_actor(actor)
        try:
            if help_.resolves:
                acts.resolve(colleague, self.numbers[help_.key])
            else:
                acts.acknowledge(colleague, self.numbers[help_.key])
        except Refused:
            # Whoever plays with the demo was quicker: the story goes on without this scene.
            return


def _for_ever() -> Iterator[tuple[float, Scene]]:
    while True:
        yield from LATER
