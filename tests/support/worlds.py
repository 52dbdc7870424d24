"""Small worlds for tests, and a hand that drives `advance` through time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.directory.people import ContactMethod, NotificationRule, Role, Team, User
from oncall_tui.domain.directory.policies import Policy, Step, Target, TargetKind
from oncall_tui.domain.directory.services import Integration, Service
from oncall_tui.domain.directory.turns import StepKey, Turn
from oncall_tui.domain.incident import Advance, Incident, advance
from oncall_tui.domain.incident.causes import Cause, Opened, Tick
from oncall_tui.domain.incident.effects import Effect, Entry, Page, TookTurn
from oncall_tui.domain.schedules import FixedShift, Layer, Schedule
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.world import World

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def person(name: str, *contacts: str, rules: tuple[NotificationRule, ...] = (), role: Role = Role.RESPONDER) -> User:
    """A user with enabled contacts; one called push if none is named."""
    methods = tuple(ContactMethod(contact) for contact in contacts or ("push",))
    return User(username=name, contacts=methods, rules=rules, role=role)


def unreachable(name: str) -> User:
    """A user without any contact method."""
    return User(username=name)


def user(name: str) -> Target:
    """A target: this user."""
    return Target(TargetKind.USER, name)


def on_call_in(schedule: str) -> Target:
    """A target: whoever is on call in the schedule."""
    return Target(TargetKind.SCHEDULE, schedule)


def step(*targets: Target, delay: float = 15) -> Step:
    """A step of so many minutes."""
    return Step(targets, minutes(delay))


def shifts(name: str, *spans: tuple[str, datetime, datetime]) -> Schedule:
    """A schedule of fixed shifts."""
    fixed = tuple(FixedShift(who, start, end) for who, start, end in spans)
    return Schedule(name=name, timezone="UTC", layers=(Layer(name="fixed", shifts=fixed),))


def world_of(
    *people: User,
    policy: Policy | None = None,
    service: Service | None = None,
    schedules: tuple[Schedule, ...] = (),
    teams: tuple[Team, ...] = (),
    policies: tuple[Policy, ...] = (),
) -> World:
    """A world with one service, checkout, on one policy unless said otherwise."""
    everything = policies or ((policy,) if policy is not None else ())
    known = service or Service(name="checkout", policy=everything[0].name if everything else None)
    return World(
        users={one.username: one for one in people},
        teams={team.name: team for team in teams},
        schedules={schedule.name: schedule for schedule in schedules},
        policies={one.name: one for one in everything},
        services={known.name: known},
        integrations={"prometheus": Integration("prometheus", "generic", known.name)},
    )


class Driver:
    """Drives one incident by hand: acts at instants, and lets every timer due in between fire at its time."""

    def __init__(self, world: World, severity: Severity = Severity.HIGH, at: datetime = T0) -> None:
        self.world = world
        self.now = at
        service = world.services["checkout"]
        self.incident = Incident(
            number=1,
            service="checkout",
            title="5xx",
            severity=severity,
            urgency=service.urgency_of(severity, at),
            opened_at=at,
        )
        self.pages: list[tuple[float, str | None, str, int, int]] = []
        self.kinds: list[str] = []
        self.texts: list[str] = []
        self.effects: list[Effect] = []
        self.turns: dict[StepKey, Turn] = dict(world.turns)
        self.due: datetime | None = None
        self.do(Opened("prometheus"))

    def do(self, cause: Cause) -> Advance:
        """Apply a cause now."""
        done = advance(self.incident, self.world, cause, self.now)
        self.incident = done.incident
        self.due = done.next_due_at
        self.effects += done.effects
        for effect in done.effects:
            if isinstance(effect, TookTurn):
                self.turns = effect.kept_in(self.turns)
                self.world = replace(self.world, turns=self.turns)
            if isinstance(effect, Page):
                self.pages.append(
                    ((self.now - T0) / minutes(1), effect.user, effect.contact, effect.step, effect.round)
                )
            elif isinstance(effect, Entry):
                self.kinds.append(effect.kind)
                self.texts.append(effect.text)
        return done

    def until(self, minute: float) -> Driver:
        """Let time pass to so many minutes after the start: every timer up to then fires at its own instant."""
        end = T0 + minutes(minute)
        while self.due is not None and self.due <= end:
            self.now = max(self.now, self.due)
            self.do(Tick())
        self.now = end
        return self

    @property
    def who(self) -> list[tuple[float, str | None]]:
        """(minute, user) of every page so far."""
        return [(at, user) for at, user, *_ in self.pages]


HIGH, LOW = Urgency.HIGH, Urgency.LOW
