"""Whose contacts and rules a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oncall_tui.domain.errors import Unknown

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory_rows import UserRow
    from oncall_tui.ops.session import Session


def user_row(session: Session, username: str) -> UserRow:
    """One person as the faces show them. Raises Unknown."""
    from oncall_tui.ops import reading

    found = next((row for row in reading.users(session) if row.username == username), None)
    if found is None:
        raise Unknown(f"there is no user '{username}'", mend="see 'oncall user list'", path="user")
    return found
