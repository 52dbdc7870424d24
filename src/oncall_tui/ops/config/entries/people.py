"""Users with their contact methods and notification rules, and teams."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.kinds import Country, Duration, Limit, Name, Text, Url, Username, WallTime, Zone


class ChannelEntry(Entry):
    """A way to reach many people: a URL with a place for each one's handle."""

    name: Name = Field(description="by which contacts name it, and under which users have their handles")
    url: Url = Field(description="Apprise URL with `{handle}` in it")


class ContactEntry(Entry):
    """One way to reach a person."""

    name: Name = Field(description="by which rules name this contact")
    url: Url = Field("", description="Apprise URL; `***` keeps what is stored")
    channel: Name | None = Field(None, description="instead of a URL: a channel, filled with the user's handle there")
    limit: Limit | None = Field(None, description="more pages than this become one message")
    updates: bool = Field(False, description="also tell who has taken an incident, and that it is over")


class RuleEntry(Entry):
    """When which contact is used."""

    contact: Name = Field(description="one of the user's contacts")
    delay: Duration = Field("0s", description="after the person was reached")
    urgency: Literal["high", "low"] | None = Field(None, description="absent: both")


class LeaveEntry(Entry):
    """A time in which a person is away."""

    start: WallTime = Field(description="in the user's zone")
    end: WallTime
    note: Text = Field("", description="what others may read beside it")


class UserEntry(Entry):
    """A person."""

    username: Username = Field(description="by which everything names this person")
    name: Text = Field("", description="as people know them")
    email: Text = ""
    phone: Text = ""
    timezone: Zone = Field("UTC", description="in which page texts give times")
    role: Literal["admin", "responder", "viewer"] = "responder"
    holidays: Country | None = Field(None, description="the country whose public holidays they have; needs the extra")
    handles: dict[Name, Text] = Field(default_factory=dict, description="names elsewhere: `slack: ana`")
    contacts: list[ContactEntry] = Field(default_factory=list, description="without any, nothing reaches this person")
    rules: list[RuleEntry] = Field(default_factory=list, description="without any, all contacts are used at once")
    leave: list[LeaveEntry] = Field(default_factory=list, description="when they are away; only added, never removed")


class TeamEntry(Entry):
    """People who own services together."""

    name: Name
    members: list[Username] = Field(default_factory=list)
    policies: list[Name] = Field(default_factory=list, description="page for the team's services that name no policy")
