"""Contacts that name a channel instead of a URL: its template is filled with the user's handle there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.people import ChannelEntry, ContactEntry, UserEntry
from oncall_tui.ops.config.problems import hint
from oncall_tui.ops.config.texts import KEPT

HANDLE = "{handle}"


def fill(config: Config) -> tuple[Config, list[Invalid]]:
    """The config with a URL for every contact that names a channel, and what is wrong with channels and their use.

    Templates live in the file alone: what is stored, and exported as `***`, is each contact's own URL.
    """
    problems: list[Invalid] = []
    known: dict[str, ChannelEntry] = {}
    for place, channel in enumerate(config.channels or ()):
        problems += _channel_problems(channel, f"channels[{place}]", known)
        known.setdefault(channel.name, channel)
    users = [_filled(user, f"users[{place}]", known, problems) for place, user in enumerate(config.users or ())]
    return (config if config.users is None else config.model_copy(update={"users": users})), problems


def _channel_problems(channel: ChannelEntry, path: str, known: Mapping[str, ChannelEntry]) -> list[Invalid]:
    problems = []
    if channel.name in known:
        problems.append(Invalid(f"'{channel.name}' stands here twice", mend="keep one of the two", path=f"{path}.name"))
    if channel.url == KEPT:
        problems.append(
            Invalid(
                "no template is stored that could be kept",
                mend="write the URL",
                path=f"{path}.url",
                code="nothing_kept",
            )
        )
    elif channel.url and HANDLE not in channel.url:
        problems.append(
            Invalid(
                f"has no place for a handle: {HANDLE}", mend="write it like slack://TOKEN/@{handle}", path=f"{path}.url"
            )
        )
    return problems


def _filled(user: UserEntry, path: str, known: Mapping[str, ChannelEntry], problems: list[Invalid]) -> UserEntry:
    contacts = []
    for place, contact in enumerate(user.contacts):
        try:
            contacts.append(_with_url(contact, user, f"{path}.contacts[{place}]", known))
        except Invalid as problem:
            problems.append(problem)
            contacts.append(contact)
    return user.model_copy(update={"contacts": contacts})


def _with_url(contact: ContactEntry, user: UserEntry, path: str, known: Mapping[str, ChannelEntry]) -> ContactEntry:
    if contact.channel is None:
        if not contact.url:
            raise Invalid("is missing", mend="add it, or name a channel", path=f"{path}.url", code="missing")
        return contact
    if contact.url:
        raise Invalid("a contact has a url or a channel, not both", mend="keep one", path=f"{path}.channel")
    channel = known.get(contact.channel)
    if channel is None:
        mend = hint(contact.channel, list(known)) or "add it to channels, or correct the name"
        raise Invalid(
            f"there is no channel '{contact.channel}'", mend=mend, path=f"{path}.channel", code="missing_reference"
        )
    handle = user.handles.get(channel.name)
    if not handle:
        mend = f"add it, like handles: {{{channel.name}: …}}"
        raise Invalid(f"{user.username} has no handle for '{channel.name}'", mend=mend, path=f"{path}.channel")
    url = channel.url.replace(HANDLE, quote(handle, safe=""))
    return contact.model_copy(update={"url": url, "channel": None})
