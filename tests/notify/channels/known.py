"""The channels tried here: their addresses, where they lead, and the page that goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.texts import PageFacts, page_text

LINK = "https://oncall.example.com/a/AcK_9AEBAQGgqPEktbWfpm7z736Lk2k4"
OPENED = datetime(2026, 7, 6, 8, 2, 11, tzinfo=UTC)
FACTS = PageFacts(
    page_id="412-7",
    number=412,
    title="Checkout 5xx above 5 %",
    description="12 % of requests fail.",
    service="checkout",
    team="payments",
    severity=Severity.CRITICAL,
    state="triggered",
    opened_at=OPENED,
    now=OPENED + timedelta(minutes=12),
    of_steps=3,
    also_paged=("bo", "cy"),
    assignees=("ana",),
    timezone="Europe/Lisbon",
    link=LINK,
)
PAGE = page_text(FACTS)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach somebody: its address, and the path at which its service is asked."""

    name: str
    url: str
    path: str
    good: bytes = b"{}"


CHANNELS = (
    Channel(
        "slack webhook",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops",
        "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        b"ok",
    ),
    Channel(
        "slack bot",
        "slack://xoxb-1234-1234-abcdefghijklmnop/@ana",
        "/api/chat.postMessage",
        b'{"ok": true, "channel": "C1"}',
    ),
    Channel(
        "twilio",
        f"twilio://AC{'a' * 32}:{'b' * 32}@+14155550100/+14155550199",
        f"/2010-04-01/Accounts/AC{'a' * 32}/Messages.json",
        b'{"sid": "SM1"}',
    ),
    Channel(
        "sendgrid",
        "sendgrid://SG.abcdefghijklmnop:oncall@example.com/ana@example.org",
        "/v3/mail/send",
        b"",
    ),
    Channel(
        "ses",
        f"ses://oncall@example.com/AKIAIOSFODNN7EXAMPLE/{'s' * 40}/us-east-1/ana@example.org",
        "/",
        b"<SendRawEmailResponse/>",
    ),
    Channel("ntfy", "ntfys://ntfy.example.com/ana-pages", "/", b"{}"),
    Channel("json", "jsons://hooks.example.com/page", "/page", b"ok"),
)
HOSTS = (
    "hooks.slack.com",
    "slack.com",
    "api.twilio.com",
    "api.sendgrid.com",
    "email.us-east-1.amazonaws.com",
    "ntfy.example.com",
    "ntfy.sh",
    "hooks.example.com",
)
BY_NAME = {channel.name: channel for channel in CHANNELS}
