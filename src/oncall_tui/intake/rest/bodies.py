"""What may be sent to the REST API. An unknown key is refused: a misspelt one would be lost unseen."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.severity import Severity


class Sent(BaseModel):
    """A body of a request."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class NewIncident(Sent):
    """An incident opened by hand; the same key again counts on the open one."""

    title: str = Field(min_length=1, max_length=1024)
    service: str
    severity: Severity = Severity.HIGH
    key: str | None = Field(None, max_length=512)
    description: str = Field("", max_length=16_000)


class Acknowledging(Sent):
    """`version`: what the sender saw; absent, as it stands."""

    version: int | None = None
    take_over: bool = False


class AcknowledgingAll(Sent):
    """Which of those triggered, in the filter language; all unless said."""

    filter: str = ""


class Resolving(Sent):
    """Why it is over."""

    reason: Literal["fixed", "cancelled", "false alarm", "duplicate"] = "fixed"
    version: int | None = None


class Escalating(Sent):
    """Nothing but what was seen."""

    version: int | None = None


class Assigning(Sent):
    """To a user, or to a policy."""

    user: str | None = None
    policy: str | None = None
    version: int | None = None


class Snoozing(Sent):
    """For a span like 2h, or until an instant."""

    span: str | None = Field(None, alias="for", description="like 30m, 2h or 1d; 1w at most")
    until: datetime | None = None
    take_over: bool = False


class Noting(Sent):
    """A line for the timeline."""

    text: str = Field(min_length=1, max_length=2_000)


class Merging(Sent):
    """The incident that gets the alerts."""

    into: int = Field(gt=0, le=2**63 - 1)
    version: int | None = None


class NewUser(Sent):
    """A person."""

    username: str
    name: str = ""
    email: str = ""
    phone: str = ""
    timezone: str = "UTC"
    role: Role = Role.RESPONDER


class NewShift(Sent):
    """Somebody on call from an instant to another."""

    user: str
    start: datetime
    end: datetime
    layer: str | None = None
