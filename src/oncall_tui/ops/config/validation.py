"""A config file judged as a whole: every problem at once, each with its path, and what is allowed but surprises."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.ops.config.checks.addresses import check_addresses
from oncall_tui.ops.config.checks.found import Found, Names, Warned, names_with
from oncall_tui.ops.config.checks.people import check_people
from oncall_tui.ops.config.checks.policies import check_policies
from oncall_tui.ops.config.checks.rules import check_rules
from oncall_tui.ops.config.checks.schedules import check_schedules
from oncall_tui.ops.config.checks.services import check_services
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.reading import Shaped, read_shape

NOTHING_STORED = Names()


@dataclass(frozen=True, slots=True)
class Checked:
    """A config file without a fault, and its warnings."""

    config: Config
    warnings: tuple[Warned, ...]


def validate(text: str, stored: Names = NOTHING_STORED, *, addresses: bool = True) -> Checked:
    """The entries of a config file. Raises InvalidMany with every problem, Invalid when the text is no YAML.

    `stored` are names that entries may refer to beside the file's own. `addresses=False` spares the process that judges
    URLs; with it, Unavailable is raised when that process does not answer.
    """
    shaped = read_shape(text)
    checked, problems = examine(shaped, stored)
    if addresses:
        found = Found(stored)
        check_addresses(shaped.config, found)
        problems += found.problems
    if problems:
        raise InvalidMany(problems)
    return checked


def examine(shaped: Shaped, stored: Names = NOTHING_STORED, *, prune: bool = False) -> tuple[Checked, list[Invalid]]:
    """What is left of a file after its shape was read, and everything that is wrong with it but its addresses."""
    broken = [problem.path for problem in shaped.problems]
    found = Found(names_with(shaped.config, stored, prune=prune))
    check_people(shaped.config, found)
    check_schedules(shaped.config, found, broken)
    check_policies(shaped.config, found)
    check_services(shaped.config, found)
    check_rules(shaped.config, found)
    problems = [*shaped.problems, *(problem for problem in found.problems if not _follows(problem, broken))]
    return Checked(shaped.config, tuple(found.warnings)), problems


def _follows(problem: Invalid, broken: Collection[str]) -> bool:
    """Whether a problem is only the echo of a wrong shape at its place or inside it."""
    return any(_within(path, problem.path) for path in broken)


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))
