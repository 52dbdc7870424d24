"""A digest carries a link for each of its incidents, the worst first, and no more of them than help."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from oncall_tui.notify.words.digests import LINKED
from oncall_tui.ops.answering.links import Links
from tests.faults.by_hand import HandWorker
from tests.support.house import House
from tests.support.sinks import Sink

HOME = "https://oncall.example.com"


def test_each_incident_of_a_digest_is_answered_at_its_own_link(sqlite_url: str, tmp_path: Path) -> None:
    with Sink() as sink:
        config = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}", limit: 1/5m}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout}}]
"""
        with House(sqlite_url, config, tmp_path) as house, HandWorker(house, public_url=HOME) as worker:
            for number in range(LINKED + 2):
                house.post(key=f"k{number}")
            worker.pass_to(60)
            first, digest = sink.requests
            now = house.clock.now()
            reader = Links(house.session.cipher(), HOME)
        found = re.findall(rf"Answer here: {HOME}/a/(\S+)", digest.text.replace("\\n", "\n"))
        assert digest.page_id == "d2-1"
        tickets = [reader.read(token, now) for token in found]
        assert [(one.number, one.seq) for one in tickets] == [(number, 1) for number in range(2, 2 + LINKED)]
        assert all(timedelta(hours=23) < one.expires_at - now <= timedelta(hours=24, minutes=1) for one in tickets)
        assert HOME in first.text
