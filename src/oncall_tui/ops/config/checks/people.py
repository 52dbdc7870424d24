"""Users and teams: unique names, contacts that rules can find, somebody to reach."""

from __future__ import annotations

from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.checks.leave import check_leave
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.people import UserEntry
from oncall_tui.ops.config.problems import hint
from oncall_tui.ops.schedules import holidays


def check_people(config: Config, found: Found) -> None:
    """Look at users and teams."""
    users, teams = config.users or [], config.teams or []
    found.once([user.username for user in users], "users", ".username")
    for place, user in enumerate(users):
        _check_user(user, f"users[{place}]", found)
        check_leave(user, f"users[{place}]", found)
    if users and not any(user.role == "admin" for user in users):
        found.warn(
            "users",
            "nobody has the role admin: whoever opens the database may change it, and no one is the last resort",
        )
    found.once([team.name for team in teams], "teams", ".name")
    for place, team in enumerate(teams):
        found.refer_all("user", team.members, f"teams[{place}].members")
        found.refer_all("policy", team.policies, f"teams[{place}].policies")


def _check_user(user: UserEntry, path: str, found: Found) -> None:
    known = [contact.name for contact in user.contacts]
    found.once(known, f"{path}.contacts", ".name")
    for place, rule in enumerate(user.rules):
        if rule.contact and rule.contact not in known:
            mend = hint(rule.contact, known) or "add the contact, or correct the name"
            sentence = f"{user.username or 'this user'} has no contact '{rule.contact}'"
            found.wrong(f"{path}.rules[{place}].contact", sentence, mend, "missing_reference")
    if user.holidays:
        _check_holidays(user.holidays, f"{path}.holidays", found)
    if not known and user.role != "viewer":
        found.warn(path, f"{user.username} has no contacts: nothing reaches them")


def _check_holidays(place: str, path: str, found: Found) -> None:
    if not holidays.installed():
        found.warn(path, f"kept, but without effect: {holidays.MISSING}")
    elif not holidays.known(place):
        found.wrong(
            path, f"the holidays of '{place}' are not known", "write a country or a part of one, like PT or PT-11"
        )
