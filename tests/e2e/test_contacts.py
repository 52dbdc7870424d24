"""A contact is verified and tried from the terminal, through a real worker and a real provider."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.processes import ONCALL, Terminal, oncall, oncall_environment, worker
from tests.support.sinks import Sink

pytestmark = [pytest.mark.system("tmux"), pytest.mark.timeout(300)]


def test_a_contact_from_adding_to_a_test_that_arrives(sqlite_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        oncall(sqlite_url, "user", "add", "ana", "--role", "admin")
        ana = {"ONCALL_USER": "ana"}
        oncall(sqlite_url, "user", "contact", "add", "push", sink.apprise_url("/ana"), env=ana)
        with worker(sqlite_url, tmp_path):
            terminal = Terminal(tmp_path, ONCALL, oncall_environment(sqlite_url, ana))
            try:
                terminal.wait_for("worker ok")
                terminal.press("3")
                terminal.wait_for("not verified")
                terminal.press("t")
                terminal.wait_for("delivered in")
                tested = next(request for request in sink.requests if "[TEST]" in request.text)
                assert "there is nothing to do" in tested.text
                terminal.press("v")
                terminal.wait_for("Verify ana, push")
                terminal.press("Enter")
                sink.wait_for(lambda seen: len(seen) == 2)
                found = re.search(r"(\d{6}) is your oncall code", sink.requests[-1].text)
                assert found is not None
                terminal.wait_for("Code that ana, push got:")
                terminal.press(*found[1], "Enter")
                terminal.wait_for("ana, push is verified")
            finally:
                terminal.close()
            sink.answer("/ana", 410, body=b"gone")
            done = oncall(sqlite_url, "user", "contact", "test", "push", "--json", env=ana, expect=1)
            assert json.loads(done.stdout)["state"] == "failed"
            assert "410 Gone" in json.loads(done.stdout)["answer"]
        shown = json.loads(oncall(sqlite_url, "user", "contact", "list", "ana", "--json").stdout)["contacts"][0]
        assert (shown["verified"], shown["address"]) == (True, "json://127.0.0.1")
        assert "410 Gone" in shown["last_answer"]
        assert shown["last_success_at"] < shown["last_failure_at"]
