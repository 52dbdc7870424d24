"""A channel's template, filled with each user's handle."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.ops.config import apply, export, validate
from tests.support.house import House

FILE = """
version: 1
channels:
  - {name: slack, url: "slack://xoxb-1234-1234-abcdefghijklmnop/@{handle}"}
users:
  - {username: ana, role: admin, handles: {slack: ana.silva}, contacts: [{name: chat, channel: slack}]}
  - {username: bo, handles: {slack: "b o/../x?y=1"}, contacts: [{name: chat, channel: slack, limit: 3/5m}]}
"""


def problems_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMany) as refusal:
        validate(text, addresses=False)
    return [(error.path, error.sentence) for error in refusal.value.errors]


def test_a_handle_fills_the_template_and_can_not_leave_its_place() -> None:
    users = validate(FILE, addresses=False).config.users
    assert users is not None
    assert [user.contacts[0].url for user in users] == [
        "slack://xoxb-1234-1234-abcdefghijklmnop/@ana.silva",
        "slack://xoxb-1234-1234-abcdefghijklmnop/@b%20o%2F..%2Fx%3Fy%3D1",
    ]


def test_what_is_stored_is_each_contacts_own_url(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, FILE, tmp_path) as house:
        assert apply(house.session, FILE, addresses=False).changed == (), "applied again it changes nothing"
        shown = export(house.session, with_secrets=False)
        assert "xoxb" not in shown
        assert "channels" not in shown
        assert apply(house.session, shown, addresses=False).changed == (), "the export keeps what is stored"
        assert "/@ana.silva" in export(house.session, with_secrets=True)


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"),
    [
        ("channel: slack}]}\n  - {username: bo", "channel: slak}]}\n  - {username: bo", "users[0].contacts[0].channel",
         "there is no channel 'slak'"),
        ("handles: {slack: ana.silva}, ", "", "users[0].contacts[0].channel", "ana has no handle for 'slack'"),
        ("name: chat, channel: slack}", 'name: chat, channel: slack, url: "json://x"}', "users[0].contacts[0].channel",
         "a contact has a url or a channel, not both"),
        ("name: chat, channel: slack}", "name: chat}", "users[0].contacts[0].url", "is missing"),
        ("/@{handle}", "/@ana", "channels[0].url", "has no place for a handle: {handle}"),
        ("slack://xoxb-1234-1234-abcdefghijklmnop/@{handle}", "***", "channels[0].url",
         "no template is stored that could be kept"),
        ("channels:\n", 'channels:\n  - {name: slack, url: "ntfy://{handle}"}\n', "channels[1].name",
         "'slack' stands here twice"),
    ],
)  # fmt: skip
def test_what_can_not_be_filled_is_refused_with_its_path(old: str, new: str, path: str, sentence: str) -> None:
    assert old in FILE
    assert (path, sentence) in problems_of(FILE.replace(old, new, 1))
