"""Addresses are judged in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from apprise.apprise import N_MGR

from oncall_tui.domain.errors import Invalid, Unavailable
from oncall_tui.notify.check import LOCAL_SCHEMES, check_url, check_urls, problem_of

# A plugin of Apprise loads that module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
GOOD = [
    "json://203.0.113.1/hook",
    "ntfy://topic",
    "ntfys://ntfy.sh/topic",
    "tgram://123456789:abcdefghijklmnopqrstuvwxyz123456789/4711",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "mailto://user:password@gmail.com",
]
NO_GOOD = [
    ("", "empty"),
    ("ntfy", "no scheme"),
    ("json://host/a\nb", "control characters"),
    (" json://host", "blanks"),
    ("json://" + "a" * 3000, "longer than 2000"),
    ("nfty://host/topic", "did you mean ntfy://?"),
    ("https://example.com/hook", "jsons://"),
    ("json://", "can't be read"),
    ("ntfy://", "topic"),
    ("pover://s3cr3t", "does not take this"),
    ("json://localhost?method=FOO", "does not take this"),
    ("file:///etc/passwd", "only the machine"),
    ("syslog://", "only the machine"),
    ("dbus://", "only the machine"),
    ("gopher://127.0.0.1", "no kind of address"),
]
INWARD = [
    "json://127.0.0.1/hook",
    "json://localhost:8080/hook",
    "json://2130706433/hook",
    "json://10.1.2.3/hook",
    "json://169.254.169.254/latest",
    "json://[::1]/hook",
    "json://[::ffff:127.0.0.1]/hook",
    "ntfy://192.168.1.5/topic",
    "rsyslog://10.0.0.1",
    "mailto://user:password@gmail.com?smtp=10.0.0.1",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/passwd",
]


def test_a_batch_in_one_process() -> None:
    problems = check_urls([url for url, _ in NO_GOOD] + INWARD, trusted=True)
    for (url, word), problem in zip(NO_GOOD, problems[: len(NO_GOOD)], strict=True):
        assert problem is not None, url
        assert word in problem
        assert "s3cr3t" not in problem
    assert problems[len(NO_GOOD) :] == [None] * len(INWARD), "an admin may page private hosts"


def test_check_url_raises_with_the_path_and_the_mend() -> None:
    check_url("json://127.0.0.1/hook", trusted=True)
    with pytest.raises(Invalid) as caught:
        check_url("nfty://x/y", trusted=True, path="users[0].contacts[1].url")
    assert caught.value.path == "users[0].contacts[1].url"
    assert "ntfy" in caught.value.mend


def test_an_empty_batch_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert check_urls([], trusted=True) == []
    with pytest.raises(Unavailable, match="could not be started"):
        check_urls(["json://x"], trusted=True)


def test_a_check_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(Unavailable, match=r"longer than 0\.01 s"):
        check_urls(["json://x"], trusted=True, timeout=0.01)


@pytest.mark.parametrize("url", INWARD)
def test_who_is_no_admin_may_not_look_inward(url: str) -> None:
    problem = problem_of(url, trusted=False)
    assert problem is not None
    assert "only an admin" in problem


@pytest.mark.parametrize("url", GOOD)
def test_good_addresses_pass(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    public = {"203.0.113.1": "8.8.8.8"}
    monkeypatch.setattr("oncall_tui.notify.check.resolve", lambda host, _: (public.get(host, "1.1.1.1"),))
    assert problem_of(url, trusted=False) is None


def test_every_plugin_without_a_place_to_send_to_is_local() -> None:
    plugins: Any = N_MGR
    plugins.load_modules()
    placeless = {
        scheme
        for scheme in plugins.schemas()
        if "{schema}://" in plugins[scheme].templates or plugins[scheme].__module__.endswith((".syslog", ".blink1"))
    }
    assert placeless <= LOCAL_SCHEMES


def test_asking_does_not_load_apprise_here() -> None:
    script = (
        "import sys; from oncall_tui.notify.check import check_urls\n"
        "assert check_urls(['json://127.0.0.1/x'], trusted=True) == [None]\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('apprise', 'requests', 'httpx')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
