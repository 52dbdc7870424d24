"""A scenario played through: which pages are due, what the timelines say, what was refused, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from oncall_tui.domain.directory.maintenance import MaintenanceWindow
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.errors import LostRace, Refused, Unknown
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.incident import Incident, Phase, State
from oncall_tui.domain.incident.causes import Acknowledge, Escalate, Reassign, Resolve, Snooze
from oncall_tui.domain.incident.causes import Act as Deeds
from oncall_tui.domain.incident.effects import came_second
from oncall_tui.domain.intake import taking
from oncall_tui.domain.simulation.failures import Failures
from oncall_tui.domain.simulation.register import Alerts
from oncall_tui.domain.simulation.scenario import Act, Deed, FailDelivery, Happening, Maintain, Scenario, Trigger
from oncall_tui.domain.simulation.stage import DuePage, Line, Stage
from oncall_tui.domain.world import World

SENDER = "scenario"
"""Who posts the alerts where the service has no integration."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that somebody tried and the rules refused, and why."""

    at: datetime
    do: str
    by: str | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a scenario leads to. Pages are ordered by (at, user, contact), the story as it happened."""

    pages: tuple[DuePage, ...]
    story: tuple[Line, ...]
    rejected: tuple[Rejected, ...]
    incidents: tuple[Incident, ...]

    @property
    def state(self) -> str | None:
        """Where the last incident stands: triggered, acknowledged, resolved, exhausted, waiting; None without any."""
        return state_of(self.incidents[-1]) if self.incidents else None


def state_of(incident: Incident) -> str:
    """An incident's state in one word: of a triggered one, whether it is exhausted or waits."""
    if incident.state is State.TRIGGERED and incident.phase in (Phase.EXHAUSTED, Phase.WAITING):
        return incident.phase.value
    return incident.state.value


def outcome(stage: Stage, pages: Iterable[DuePage], rejected: Iterable[Rejected] = ()) -> Simulated:
    """What a stage has come to, with these of its pages."""
    return Simulated(
        pages=tuple(sorted(pages, key=lambda due: (due.at, due.page.user or "", due.page.contact))),
        story=tuple(stage.story),
        rejected=tuple(rejected),
        incidents=tuple(stage.incidents[number] for number in sorted(stage.incidents)),
    )


def simulate(world: World, scenario: Scenario) -> Simulated:
    """Play a scenario in a world that has its service. What happens at an instant comes before timers due then.

    Timers due at the scenario's end do not fire any more, and pages at that instant are left out. Raises Refused when
    there are too many pages to tell.
    """
    return _Play(world, scenario).through()


class _Play:
    """One scenario on one stage."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self._scenario = scenario
        self._failures = Failures()
        first = min((each.at for each in scenario.happenings), default=scenario.until)
        self._stage = Stage(world, first, self._failures.answer)
        self._alerts = Alerts(self._stage)
        self._rejected: list[Rejected] = []
        names = sorted(one.name for one in world.integrations.values() if one.service == scenario.service)
        self._sender = names[0] if names else SENDER

    def through(self) -> Simulated:
        stage, until = self._stage, self._scenario.until
        for happening in self._scenario.in_order:
            stage.play(happening.at)
            self._happens(happening)
            stage.send()
        stage.play(until)
        return outcome(stage, [page for page in stage.pages if page.at < until], self._rejected)

    @property
    def _service(self) -> Service:
        return self._stage.world.services[self._scenario.service]

    def _happens(self, happening: Happening) -> None:
        match happening:
            case Trigger():
                self._trigger(happening)
            case FailDelivery():
                self._failures.add(happening)
            case Maintain():
                self._maintain(happening)
            case Act(by=None):
                self._sender_says(happening)
            case Act():
                self._try(happening)
            case _:
                assert_never(happening)

    def _trigger(self, said: Trigger) -> None:
        user = self._stage.world.users.get(said.by) if said.by is not None else None
        if user is not None and user.role is Role.VIEWER:
            self._rejected.append(Rejected(said.at, "trigger", said.by, f"{said.by} may look but not act"))
            return
        event = Event(
            action=Action.TRIGGER,
            dedup_key=said.key or f"by hand {len(self._alerts.all) + 1}",
            title=said.title,
            description=said.description,
            severity=said.severity,
            labels=said.labels,
            group_key=said.group,
            started_at=said.started_at,
        )
        self._take(event, said.by)

    def _maintain(self, said: Maintain) -> None:
        """A window of the service from now on; what is open already runs on."""
        stage = self._stage
        name = f"scenario {len(stage.world.maintenance) + 1}"
        window = MaintenanceWindow(name=name, services=(self._service.name,), start=said.at, end=said.at + said.span)
        stage.change(replace(stage.world, maintenance={**stage.world.maintenance, name: window}))

    def _take(self, event: Event, by: str | None = None) -> None:
        source = self._alerts.source(by or self._sender, by_hand=by is not None)
        now = self._stage.now
        taking.take(event, self._service, source.name, source, now, integration=source.integration)

    def _sender_says(self, said: Act) -> None:
        """The sender's word about a key; without one, about everything that the only open incident is made of."""
        action = Action.ACKNOWLEDGE if said.do is Deed.ACKNOWLEDGE else Action.RESOLVE
        if said.key is not None:
            self._take(Event(action=action, dedup_key=said.key))
            return
        try:
            number = self._only_open()
        except Refused as refused:
            self._refuse(said, refused)
            return
        for _, key in self._alerts.open_keys(number):
            self._take(Event(action=action, dedup_key=key))

    def _try(self, said: Act) -> None:
        stage = self._stage
        try:
            number = self._about(said)
            try:
                stage.apply(number, self._deed(said, number))
            except LostRace as lost:
                stage.story.append(Line(stage.now, number, came_second(said.by or self._sender, lost)))
                raise
        except Refused as refused:
            self._refuse(said, refused)

    def _refuse(self, said: Act, refused: Refused) -> None:
        self._rejected.append(Rejected(said.at, said.do.value, said.by, refused.sentence))

    def _about(self, said: Act) -> int:
        if said.key is None:
            return self._only_open()
        alert = self._alerts.newest(said.key)
        if alert is None:
            raise Unknown(f"no incident has the key {said.key}", mend="trigger it before")
        return alert.number

    def _only_open(self) -> int:
        """The only open incident; where none is open any more, the last one, so that it is told who ended it."""
        numbers = self._alerts.open_numbers
        if len(numbers) > 1:
            told = ", ".join(f"#{number}" for number in reversed(numbers))
            raise Refused(f"several incidents are open ({told})", mend="say which by its key")
        if not numbers and not self._stage.incidents:
            raise Unknown("no incident is open", mend="trigger one before")
        return numbers[0] if numbers else max(self._stage.incidents)

    def _deed(self, said: Act, number: int) -> Deeds:
        by = said.by
        assert by is not None, "the sender's word goes another way"
        version = self._version_seen(said, number)
        match said.do:
            case Deed.ACKNOWLEDGE:
                return Acknowledge(by=by, version=version, take_over=said.take_over)
            case Deed.ESCALATE:
                return Escalate(by=by, version=version)
            case Deed.RESOLVE:
                return Resolve(by=by, reason=said.reason, version=version)
            case Deed.REASSIGN:
                return Reassign(by=by, version=version, user=said.user, policy=said.policy)
            case _:
                assert said.until is not None, "a snooze has an end"
                return Snooze(by=by, until=said.until, version=version)

    def _version_seen(self, said: Act, number: int) -> int:
        if said.as_of is None:
            return self._stage.incidents[number].version
        return self._stage.version_at(number, said.as_of)
