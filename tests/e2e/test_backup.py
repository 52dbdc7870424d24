"""A backup taken while a worker takes alerts in, and a house that is put up again from it."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

from tests.support.processes import get, oncall, post, wait_until, worker
from tests.support.sinks import Sink

KEY = "0123456789abcdef0123456789abcdef"
ANA = {"ONCALL_USER": "ana"}


def config(sink: Sink) -> str:
    return f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}]
policies: [{{name: p, steps: [{{targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: quiet}}]
integrations:
  - {{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}
  - {{name: other, kind: generic, service: quiet, key: "{KEY[::-1]}"}}
"""


def test_a_house_put_up_again_from_a_backup_that_was_taken_under_load(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "oncall.db"
    copy.parent.mkdir()
    with Sink() as sink:
        (tmp_path / "team.yaml").write_text(config(sink))
        oncall(sqlite_url, "config", "apply", str(tmp_path / "team.yaml"))
        with worker(sqlite_url, tmp_path) as running:
            promised: list[int] = []
            stop = threading.Event()

            def go_on() -> None:
                while not stop.is_set():
                    told = post(f"{running.address}/in/generic/{KEY[::-1]}", {"title": "x", "key": f"k{len(promised)}"})
                    promised.append(told[1]["incident"])

            sender = threading.Thread(target=go_on)
            sender.start()
            try:
                wait_until(lambda: len(promised) >= 50, "alerts to come in")
                before = promised[-1]
                said = json.loads(oncall(sqlite_url, "db", "backup", str(copy), "--json").stdout)
                so_far = len(promised)
                wait_until(lambda: len(promised) >= so_far + 2, "an alert that began after the backup ended")
            finally:
                stop.set()
                sender.join()
            after = promised[-1]
        assert said["backup"] == str(copy)
        assert said["bytes"] == copy.stat().st_size
        assert copy.stat().st_mode & 0o777 == 0o600
        assert list(copy.parent.iterdir()) == [copy], "nothing else is left beside it"

        url = f"sqlite:///{copy}"
        shutil.copy(said["key_file"], f"{copy}.key")
        oncall(url, "db", "check")
        oncall(url, "show", str(before))
        oncall(url, "show", str(after), expect=1)  # whole, as of one instant
        with worker(url, tmp_path) as restored:
            post(f"{restored.address}/in/generic/{KEY}", {"title": "from the new house", "key": "n"})
            sink.wait_for(lambda seen: any("from the new house" in request.text for request in seen))
            assert get(f"{restored.address}/readyz")[0] == 200


def test_a_backup_is_never_half_there(sqlite_url: str, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("last week's")
    refused = oncall(sqlite_url, "db", "backup", str(there), expect=1)
    assert "is there already" in refused.stderr
    assert there.read_text() == "last week's"
    nowhere = oncall(sqlite_url, "db", "backup", str(tmp_path / "no such folder" / "copy.db"), expect=1)
    assert "No such file or directory" in nowhere.stderr
    gone = oncall(f"sqlite:///{tmp_path / 'gone.db'}", "db", "backup", str(tmp_path / "copy.db"), expect=3)
    assert "there is no database" in gone.stderr
    assert sorted(one.name for one in tmp_path.glob("*copy*")) == []


def test_a_servers_backup_is_its_own_tools_task(postgres_url: str, tmp_path: Path) -> None:
    refused = oncall(postgres_url, "db", "backup", str(tmp_path / "copy.db"), expect=1)
    assert "pg_dump" in refused.stderr
