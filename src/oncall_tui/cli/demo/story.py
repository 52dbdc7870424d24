"""What happens in the demo: monitoring posts through the real intake, colleagues act through the real use cases."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from oncall_tui.domain.directory.people import Role

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session

ANSWER_WITHIN = 10  # seconds
RETRIES = (0.2, 0.5, 1.0, 2.0)  # seconds of rest before a post is tried again, as every sender must
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
    env: str = "production"

    @property
    def body(self) -> bytes:
        """The post, as the generic door reads it; INBOX stands for the inbox's address."""
        fields = {
            "title": self.title,
            "description": self.description,
            "severity": self.severity,
            "key": self.key,
            "labels": {"env": self.env},
            "action": "resolve" if self.resolved else "trigger",
        }
        return json.dumps(fields).encode()


@dataclass(frozen=True, slots=True)
class Help:
    """A colleague does something about what an alarm has opened."""

    user: str
    key: str
    does: Literal["acknowledge", "escalate", "resolve"] = "acknowledge"


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody posts with a key that nobody gave out, and is turned away."""

    title: str


Scene = Alarm | Help | Stranger


def _storm(*, over: bool = False) -> Iterator[tuple[float, Scene]]:
    """A dozen proxies go within seconds, or are back."""
    for node in range(1, 13):
        yield 0.4, Alarm("edge", f"proxy-{node}", f"edge-{node} answers nothing", "high", resolved=over)


BEFORE: tuple[Scene, ...] = (
    Alarm("invoices", "batch", "Invoice batch took 41 min instead of 12", "low"),
    Help("bo", "batch", "resolve"),
    Alarm("edge", "cert", "Certificate of shop.example.com expires in 6 days", "medium"),
    Help("cy", "cert"),
    Stranger("hello?"),
    Alarm("search", "canary", "Search p99 above 2 s", "high", env="staging"),
    Alarm(
        "search",
        "disk",
        "disk [/var/log] full on search-3",
        "high",
        "97 % used, grows 1 % a minute: o shows its runbook",
    ),
    Alarm("checkout", "5xx", "Checkout 5xx above 5 %", "critical", INBOX_HINT),
    Alarm("checkout", "5xx", "Checkout 5xx above 5 %", "critical", INBOX_HINT),
)
"""What has happened when the terminal opens."""

LATER: tuple[tuple[float, Scene], ...] = (
    (20, Alarm("search", "latency", "Search p99 above 2 s", "high")),
    (15, Alarm("checkout", "5xx", "Checkout 5xx above 9 %", "critical")),
    (25, Help("dee", "latency")),
    (20, Alarm("edge", "core", "the core router of lis-1 answers nothing", "critical")),
    *_storm(),
    (15, Help("cy", "core", "escalate")),
    (20, Help("dee", "core")),
    (30, Alarm("search", "latency", "Search p99 above 2 s", resolved=True)),
    (15, Alarm("invoices", "mail", "412 invoices wait for the mail server", "medium")),
    (30, Alarm("edge", "core", "the core router of lis-1 answers nothing", resolved=True)),
    *_storm(over=True),
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
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Everything that has happened before, and what is planned."""
        self._plan()
        for scene in BEFORE:
            self.play(scene)

    def go_on(self, stop: threading.Event) -> None:
        """Scene after scene until `stop` is set."""
        self.stop = stop
        for wait, scene in _for_ever():
            if stop.wait(wait * self.pace):
                return
            self.play(scene)

    def play(self, scene: Scene) -> None:
        """One scene."""
        if isinstance(scene, Alarm):
            self._post(scene)
        elif isinstance(scene, Help):
            self._act(scene)
        else:
            self._knock(scene)

    def _plan(self) -> None:
        """A window, a silence, and the sign of a job that will be late with the next."""
        from datetime import timedelta

        from oncall_tui.domain.directory.heartbeats import Signal
        from oncall_tui.ops.heartbeats import ping_by_hand
        from oncall_tui.ops.intake.silences import add_silence
        from oncall_tui.ops.maintenance import add_maintenance

        soon, ana = self.session.now().replace(microsecond=0) + timedelta(hours=3), self._as("ana")
        add_maintenance(ana, services=["search"], start=soon, length=timedelta(hours=2), name="search-reindex")
        add_silence(ana, matchers='env="staging"', length=timedelta(hours=2), comment="load test, ask dee")
        ping_by_hand(ana, "invoice-export", Signal.SUCCESS, "412 invoices")

    def _knock(self, stranger: Stranger) -> None:
        try:
            self._send("0" * 32, json.dumps({"title": stranger.title}).encode())
        except urllib.error.HTTPError as refused:
            refused.close()

    def _send(self, key: str, body: bytes) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - our own worker's http address
            f"{self.intake}/in/generic/{key}", body, {"Content-Type": "application/json"}
        )
        for rest in (*RETRIES, None):
            try:
                with urllib.request.urlopen(request, timeout=ANSWER_WITHIN) as answer:  # noqa: S310 - the same
                    return bytes(answer.read())
            except urllib.error.HTTPError as refused:
                if refused.code < 500 or rest is None:
                    raise
                refused.close()
                self.stop.wait(rest)
        raise AssertionError("the last try returns or raises")

    def _post(self, alarm: Alarm) -> None:
        told = json.loads(self._send(f"{self.keys}-{alarm.service}", alarm.body.replace(b"INBOX", self.inbox.encode())))
        if told.get("incident") is not None:
            self.numbers[alarm.key] = int(told["incident"])

    def _act(self, help_: Help) -> None:
        from oncall_tui.domain.errors import Refused
        from oncall_tui.ops.incidents import acts

        colleague = self._as(help_.user)
        try:
            getattr(acts, help_.does)(colleague, self.numbers[help_.key])
        except Refused:
            # Whoever plays with the demo was quicker: the story goes on without this scene.
            return

    def _as(self, user: str) -> Session:
        from oncall_tui.ops.session import Actor

        actor = Actor(username=user, role=Role.RESPONDER, os_account=user, via="demo")
        return self.session.as_actor(actor)


def _for_ever() -> Iterator[tuple[float, Scene]]:
    while True:
        yield from LATER
