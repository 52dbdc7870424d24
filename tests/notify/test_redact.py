"""What is shown of an address."""

from __future__ import annotations

from typing import Any

import pytest
from apprise.apprise import N_MGR

from oncall_tui.notify.redact import HOST_SCHEMES, host_of, redact_text, redact_url, scheme_of, secrets_of

# A plugin of Apprise loads that module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
SECRET = "s3cr3t-t0ken"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"ntfys://user:{SECRET}@ntfy.example.com/{SECRET}?priority=max", "ntfys://ntfy.example.com"),
        (f"ntfy://{SECRET}", "ntfy://…"),
        (f"json://hooks.example.com/{SECRET}?+X-Token={SECRET}", "json://hooks.example.com"),
        (f"jsons://hooks.example.com?+X-Token={SECRET}", "jsons://hooks.example.com"),
        (f"slack://{SECRET}/{SECRET}/{SECRET}/#ops", "slack://…"),
        (f"tgram://123456:{SECRET}/4711", "tgram://…"),
        (f"discord://{SECRET}/{SECRET}", "discord://…"),
        (f"mailto://me:{SECRET}@mail.example.com?to=ana@example.com", "mailto://mail.example.com"),
        (f"JSON://[::1]:8080/{SECRET}", "json://::1"),
        (f"json://[broken/{SECRET}", "json://…"),
        (SECRET, "address://…"),
        ("", "address://…"),
    ],
)
def test_only_scheme_and_host_are_shown(url: str, shown: str) -> None:
    assert redact_url(url) == shown
    assert SECRET not in redact_url(url)


def test_hosts_are_shown_only_for_schemes_that_hold_a_host_there() -> None:
    plugins: Any = N_MGR
    plugins.load_modules()
    for scheme in HOST_SCHEMES - {"http", "https"}:
        firsts = [template.partition("://")[2].rpartition("@")[2] for template in plugins[scheme].templates]
        others = [first for first in firsts if not first.startswith("{host}")]
        assert all(first.startswith("{topic}") for first in others), f"{scheme}:// may hold {others} in its place"


def test_scheme_of_what_is_no_address() -> None:
    assert scheme_of("ntfy://x") == "ntfy"
    assert scheme_of("no address") == "address"
    assert host_of("ntfy://topic") == ""


@pytest.mark.parametrize(
    "url",
    [
        f"json://user:{SECRET}@host/path",
        f"json://host/{SECRET}",
        f"json://host?+X-Token={SECRET}",
        f"json://host/?a=b&-token={SECRET}",
        f"slack://{SECRET}/B/C",
        "json://host/s3cr3t%2Dt0ken",
    ],
)
def test_every_secret_part_is_blotted_out_of_an_answer(url: str) -> None:
    answer = redact_text(f"refused: bad token {SECRET}, see {url.partition('://')[2]}", secrets_of(url))
    assert SECRET not in answer
    assert "bad token ***" in answer


def test_short_parts_and_the_host_stay_readable() -> None:
    secrets = secrets_of("json://hooks.example.com/v1/x")
    assert redact_text("hooks.example.com v1 x", secrets) == "hooks.example.com v1 x"
