"""The plugin found by its scheme is the one that Apprise itself would take."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from apprise import Apprise
from apprise.apprise import N_MGR

from oncall_tui.notify.check import LOCAL_SCHEMES
from oncall_tui.notify.plugins import fresh_asset, instantiate, plugin_of

# Their modules make the schemes in code; Apprise's own search finds them.
LEFT_TO_APPRISE = {"http", "https", "kodi", "kodis", "xbmc", "xbmcs"}


def test_every_scheme_has_the_plugin_that_apprise_has() -> None:
    known: Any = N_MGR
    schemes = set(known.schemas())
    assert {scheme for scheme in schemes if plugin_of(scheme) is None} <= LEFT_TO_APPRISE | LOCAL_SCHEMES
    assert [one for one in schemes if plugin_of(one) not in (None, known[one])] == []


@pytest.mark.parametrize(
    "url",
    [
        "json://user:pa%20ss@host.example:8080/a/b?+X-A=1&method=PUT",
        "ntfys://ana:secret@push.example.org/topic?priority=high",
        "mailtos://ana:pass@mail.example.org:465?to=bo@example.org&from=on@example.org",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "kodi://user@tv.example.org",
    ],
)
def test_an_address_is_read_as_apprise_reads_it(url: str) -> None:
    ours: Any = instantiate(url)
    theirs: Any = Apprise.instantiate(url, asset=fresh_asset())
    assert None not in (ours, theirs)
    assert (type(ours), ours.url()) == (type(theirs), theirs.url())


def test_what_has_no_kind_or_can_not_be_read_is_none() -> None:
    assert instantiate("nosuch://host") is None
    assert instantiate("json://") is None


def test_one_address_loads_one_plugin() -> None:
    code = (
        "import sys; from oncall_tui.notify.plugins import instantiate\n"
        "assert instantiate('json://host.example')\n"
        "print(sum(name.startswith('apprise.plugins.') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10
