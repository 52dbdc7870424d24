"""People, teams, policies and services as the faces list them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from oncall_tui.domain.directory.policies import Policy, Step
from oncall_tui.domain.incident.moves.reaching import Audience, audience
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.world import World
from oncall_tui.ops.contacts.testing import Trial, latest_trials
from oncall_tui.ops.reading.directory_rows import ContactRow, PolicyRow, RuleRow, ServiceRow, StepRow, TeamRow, UserRow
from oncall_tui.ops.reading.rota import rota_of
from oncall_tui.ops.reading.rows import OnCallRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import reading
from oncall_tui.storage.looking import AnyRow
from oncall_tui.storage.reading import overview


def users(session: Session, *, rota: tuple[OnCallRow, ...] | None = None) -> tuple[UserRow, ...]:
    """Every user by username; addresses are redacted."""
    with session.reading() as conn:
        found = reading.people(conn)
        world = session.directory.world(conn)
        tests = latest_trials(conn)
    known = rota_of(world, session.now()) if rota is None else rota
    rows = (_user(row, found, world, known, tests) for row in found.users)
    return tuple(sorted(rows, key=lambda user: user.username))


def teams(session: Session) -> tuple[TeamRow, ...]:
    """Every team by name."""
    with session.reading() as conn:
        world = session.directory.world(conn)
    return tuple(
        TeamRow(name=team.name, members=team.members, policies=team.policies)
        for team in sorted(world.teams.values(), key=lambda team: team.name)
    )


def policies(session: Session) -> tuple[PolicyRow, ...]:
    """Every policy by name, with who its steps are right now."""
    now = session.now()
    with session.reading() as conn:
        world = session.directory.world(conn)
    return tuple(
        PolicyRow(
            name=policy.name,
            repeat=policy.repeat,
            remind=policy.remind,
            steps=tuple(_step(step, policy, world, now) for step in policy.steps),
            fallback=tuple(str(target) for target in policy.fallback),
            services=tuple(
                sorted(service.name for service in world.services.values() if policy in world.policies_of(service))
            ),
            teams=tuple(sorted(team.name for team in world.teams.values() if policy.name in team.policies)),
        )
        for policy in sorted(world.policies.values(), key=lambda policy: policy.name)
    )


def services(session: Session) -> tuple[ServiceRow, ...]:
    """Every service by name; healthy while nothing of it is open."""
    with session.reading() as conn:
        world = session.directory.world(conn)
        burning = overview.open_by_service(conn)
    senders = sorted(world.integrations.values(), key=lambda integration: integration.name)
    return tuple(
        ServiceRow(
            name=service.name,
            description=service.description,
            team=service.team,
            policies=tuple(policy.name for policy in world.policies_of(service)),
            healthy=not burning.get(service.name),
            open_incidents=burning.get(service.name, 0),
            integrations=tuple((sender.name, sender.kind) for sender in senders if sender.service == service.name),
        )
        for service in sorted(world.services.values(), key=lambda service: service.name)
    )


def _user(
    row: AnyRow,
    found: reading.PeopleRows,
    world: World,
    rota: tuple[OnCallRow, ...],
    tests: Mapping[int, Trial],
) -> UserRow:
    return UserRow(
        username=row.username,
        name=row.name,
        role=row.role,
        email=row.email,
        phone=row.phone,
        timezone=row.timezone,
        teams=tuple(sorted(team.name for team in world.teams.values() if row.username in team.members)),
        contacts=tuple(
            ContactRow(
                name=contact.name,
                address=contact.display,
                enabled=contact.enabled,
                verified=contact.verified_at is not None,
                last_success_at=contact.last_success_at,
                last_failure_at=contact.last_failure_at,
                last_answer=contact.last_answer,
                limit=contact.limit_text,
                updates=contact.updates,
                test=_test_words(tests.get(contact.id)),
                tested_at=tests[contact.id].sent_at if contact.id in tests else None,
            )
            for contact in found.contacts.get(row.id, ())
        ),
        rules=tuple(
            RuleRow(
                contact=rule.contact,
                delay=timedelta(seconds=rule.delay_seconds),
                urgency=Urgency(rule.urgency) if rule.urgency else None,
            )
            for rule in found.rules.get(row.id, ())
        ),
        on_call=tuple(entry.schedule for entry in rota if row.username in entry.users),
    )


def _test_words(trial: Trial | None) -> str:
    if trial is None:
        return ""
    took = f" in {trial.took.total_seconds():.1f} s" if trial.took is not None and trial.state == "delivered" else ""
    return f"{trial.state}{took}: {trial.answer}" if trial.answer else f"{trial.state}{took}"


def _step(step: Step, policy: Policy, world: World, now: datetime) -> StepRow:
    return StepRow(
        delay=step.delay,
        assign=step.assign.value,
        targets=tuple(str(target) for target in step.targets),
        users_now=_reached(audience(step.targets, policy, world, now)),
    )


def _reached(found: Audience) -> tuple[str, ...]:
    return (*found.users, *(str(channel) for channel in found.channels))
