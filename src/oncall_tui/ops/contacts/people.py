"""Users, one by one: added, changed, removed. What a config file can say of many at once is in `ops.config`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, InvalidMany, OncallError, Refused
from oncall_tui.ops.config import texts
from oncall_tui.ops.config.changing.pruning import InUse, refusals
from oncall_tui.ops.config.kept import load, unsealer
from oncall_tui.ops.contacts.rights import changing, done
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.delivery import contacts
from oncall_tui.storage.tables import users


def add_user(session: Session, username: str, **said: Any) -> None:
    """Add a person; admins may. `said`: name, email, phone, timezone, role, handles. Raises InvalidMany."""
    session.actor.may_configure()
    values = _checked({"username": username, **said})
    with session.writing() as conn:
        revision.lock(conn)
        if contacts.user_row(conn, values["username"]) is not None:
            raise Refused(f"there is a user '{username}' already", mend="see 'oncall user edit'", code="duplicate")
        rows.add(conn, users, {**values, "created_at": session.now()})
        done(conn, session, "user.added", f"user {username}")


def edit_user(session: Session, username: str, **said: Any) -> None:
    """Change what is said of a person; their own, or anybody's for an admin, who alone may change roles."""
    values = _checked(said)
    with changing(session, username) as (conn, user):
        if "role" in values and values["role"] != user.role:
            session.actor.may_configure()
            _keep_an_admin(session, username, values["role"], user.role)
        if values:
            rows.change(conn, users, user.id, values)
            done(conn, session, "user.changed", f"user {username}", ", ".join(sorted(values)))


def remove_user(session: Session, username: str) -> None:
    """Remove a person; admins may. Refused while they are on call, in a rotation, or hold incidents: all reasons."""
    session.actor.may_configure()
    if session.actor.username == username:
        raise Forbidden("nobody removes themselves", mend="ask another admin to do it")
    cipher = session.cipher()
    with changing(session, username) as (conn, user):
        kept = load(conn, unsealer(cipher))
        use = InUse(holders=rows.holders(conn), services={})
        found: list[OncallError] = list(refusals([("users", username)], frozenset(), kept, use, session.now()))
        if len(found) == 1:
            raise found[0]
        if found:
            raise InvalidMany(found)
        rows.remove(conn, users, user.id)
        done(conn, session, "user.removed", f"user {username}")


def _keep_an_admin(session: Session, username: str, wanted: str, was: str) -> None:
    if was == Role.ADMIN.value and wanted != was and session.actor.username == username:
        raise Forbidden("nobody takes the role admin from themselves", mend="ask another admin to do it")


def _role(value: object) -> str:
    known = [role.value for role in Role]
    if value not in known:
        raise Invalid(f"'{value}' is no role", mend=f"one of: {', '.join(known)}")
    return str(value)


def _handles(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise Invalid("handles are names by service", mend="write them like slack=ana")
    return {texts.name(service): texts.free_text(handle) for service, handle in value.items()}


_CHECKS: dict[str, Callable[[object], Any]] = {
    "username": texts.username,
    "name": texts.free_text,
    "email": texts.free_text,
    "phone": texts.free_text,
    "timezone": texts.timezone,
    "role": _role,
    "handles": _handles,
}


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """The values in their one spelling; those that are None are not said. Raises InvalidMany."""
    errors: list[OncallError] = []
    values: dict[str, Any] = {}
    for key, value in said.items():
        if value is None:
            continue
        try:
            values[key] = _CHECKS[key](value)
        except Invalid as error:
            errors.append(Invalid(error.sentence, mend=error.mend, path=key))
    if errors:
        raise InvalidMany(errors)
    return values
