"""What the checks look names up in, and where they put what they find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.problems import hint


@dataclass(frozen=True, slots=True)
class Warned:
    """Something allowed that will surprise somebody, and where it stands."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Everything that an entry can refer to."""

    users: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    schedules: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """The names of `user`, `team`, `schedule`, `policy` or `service`."""
        return {
            "user": self.users,
            "team": self.teams,
            "schedule": self.schedules,
            "policy": self.policies,
            "service": self.services,
        }[kind]


def names_with(config: Config, stored: Names, *, prune: bool = False) -> Names:
    """The names that will be there: a file's, beside the stored ones unless its sections replace those."""

    def joined(section: Sequence[Any] | None, known: frozenset[str], key: str = "name") -> frozenset[str]:
        if section is None:
            return known
        return frozenset(getattr(entry, key) for entry in section) | (frozenset() if prune else known)

    return Names(
        users=joined(config.users, stored.users, "username"),
        teams=joined(config.teams, stored.teams),
        schedules=joined(config.schedules, stored.schedules),
        policies=joined(config.policies, stored.policies),
        services=joined(config.services, stored.services),
    )


@dataclass(slots=True)
class Found:
    """Everything that the checks have found so far."""

    names: Names
    problems: list[Invalid] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def wrong(self, path: str, sentence: str, mend: str = "", code: str = "") -> None:
        """A value that can't be applied."""
        self.problems.append(Invalid(sentence, mend=mend, path=path, code=code))

    def warn(self, path: str, sentence: str) -> None:
        """A value that can be applied, but surprises."""
        self.warnings.append(Warned(path, sentence))

    def refer(self, kind: str, name: str | None, path: str) -> None:
        """The name must be that of a known user, team, schedule, policy or service."""
        known = self.names.of(kind)
        if not name or name in known:
            return
        mend = hint(name, sorted(known)) or f"add the {kind}, or correct the name"
        self.wrong(path, f"there is no {kind} '{name}'", mend, "missing_reference")

    def refer_all(self, kind: str, names: Iterable[str], path: str) -> None:
        """Every name of the list must be known, and stand in it once."""
        given = list(names)
        for place, name in enumerate(given):
            self.refer(kind, name, f"{path}[{place}]")
        self.once(given, path)

    def once(self, names: Sequence[str], path: str, key: str = "") -> None:
        """No name may stand twice in the list at `path`, under this key of its entries."""
        seen: dict[str, int] = {}
        for place, name in enumerate(names):
            if name and name in seen:
                first = f"{path}[{seen[name]}]"
                self.wrong(
                    f"{path}[{place}]{key}", f"'{name}' stands at {first} already", "keep one of the two", "duplicate"
                )
            seen.setdefault(name, place)
