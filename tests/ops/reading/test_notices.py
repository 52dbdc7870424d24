"""What was told beside pages can be looked up, with every answer; a code for verification can't be read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.notices import NoticeTo, queue
from oncall_tui.ops.notices.delivering import claim, record
from oncall_tui.ops.reading.notices import NoticeAttempt, notices
from tests.ops.schedules.conftest import MONDAY, TEAM
from tests.support.house import House


def test_the_newest_first_with_every_answer(database_url: str, tmp_path: Path) -> None:
    with House(database_url, TEAM, tmp_path, at=MONDAY) as house:
        now = house.clock.now()
        with house.store.write() as conn:
            for kind, subject in (("handoff", "On call"), ("verification", "Your code")):
                queue(conn, now=now, kind=kind, to=NoticeTo("bo", "push"), subject=subject, body="123456")
            first, second = claim(conn, "w1", now, timedelta(seconds=10), 10)
            answer = SendResult(Outcome.DELIVERED, "200 OK")
            record(conn, first, answer, worker="w1", started_at=now, ended_at=now, jitter=0.5)
        code, told = notices(house.session)
        assert (code.kind, code.state, code.body, code.attempts) == ("verification", "sending", "", ())
        assert (told.user, told.contact, told.channel) == ("bo", "push", None)
        assert (told.state, told.body, told.finished_at) == ("delivered", "123456", now)
        assert told.attempts == (NoticeAttempt(1, now, now, "delivered", "200 OK"),)
        assert [row.number for row in notices(house.session, unfinished=True)] == [second.notice]
        assert [row.number for row in notices(house.session, limit=1)] == [second.notice]
