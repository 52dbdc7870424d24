"""What the endpoints share: the asker's session, and instants with a zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import FIRST_YEAR, LAST_YEAR
from oncall_tui.intake.rest.access import Access
from oncall_tui.ops.session import Session

_DESCRIBED = HTTPBearer(auto_error=False, description="a token of `oncall token add`", scheme_name="token")


def _asker(request: Request, _token: Annotated[object, Security(_DESCRIBED)]) -> Session:
    access: Access = request.app.state.access
    return access(request)


Asker = Annotated[Session, Depends(_asker)]


def instant(at: datetime, path: str) -> datetime:
    """The instant in UTC; one without a zone is UTC already. Raises Invalid beyond the years we reckon in."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Invalid(f"the year {at.year} is out of reach", mend=f"use {FIRST_YEAR} to {LAST_YEAR}", path=path)
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
