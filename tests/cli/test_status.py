"""FAULTS C4 39: `oncall status` is red, and ends with 1, when pages do not go out. And notices."""

from __future__ import annotations

import json
from datetime import timedelta

from oncall_tui.storage.engine import open_store
from oncall_tui.storage.statements import workers
from tests.cli.running import CommandLine


def live(cli: CommandLine, seconds_ago: float) -> None:
    """A worker whose last sign was so long ago."""
    store = open_store(cli.url)
    at = store.database_now() - timedelta(seconds=seconds_ago)
    sign = {"id": "w1", "host": "box", "pid": 7, "version": "1", "listen": ""}
    with store.write() as conn:
        workers.sign(conn, sign, {"engine_looked_at": at, "delivery_looked_at": at}, at)
    store.close()


def test_c4_39_status_is_red_once_no_worker_gives_a_sign(both: CommandLine) -> None:
    live(both, 31)
    done = both("status", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["ok"], told["red"][0]) == (False, "no worker is alive: nothing is taken, escalated or sent")
    assert [(one["id"], one["alive"]) for one in told["workers"]] == [("w1", False)]
    assert "red: no worker is alive" in both("status").stdout
    live(both, 0)
    told = both.json("status")
    assert (told["ok"], told["red"], told["oldest_unsent_at"], told["mended"]) == (True, [], None, 0)
    assert told["lag"] == {"pages": 0, "p50": None, "p99": None}
    assert "all is well" in both.ok("status")


def test_the_oldest_unsent_page_is_told_by_when_it_was_made(both: CommandLine) -> None:
    assert "oldest unsent page: none" in both("status").stdout
    both.ok("trigger", "Checkout 5xx", "--service", "checkout")
    made = both.json("show", "1")["pages"][0]["at"]
    assert "oldest unsent page: made " in both("status").stdout
    assert json.loads(both("status", "--json").stdout)["oldest_unsent_at"] == made


def test_what_is_told_beside_pages_is_listed(cli: CommandLine) -> None:
    assert cli.json("notices") == {"notices": []}
    cli.ok("user", "contact", "verify", "push")
    (one,) = cli.json("notices", "--unfinished")["notices"]
    assert (one["kind"], one["user"], one["contact"], one["state"]) == ("verification", "ana", "push", "pending")
    assert one["body"] == "", "its code is for ana alone"
    assert "ana, push" in cli.ok("notices")
