"""The System tab: what waits for its operator is listed, and takes no room while nothing does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from oncall_tui.ops.reading.house import WaitingTopic
from oncall_tui.tui.presenters import system
from oncall_tui.tui.presenters.line import Line
from tests.tui.frozen import NOW
from tests.tui.frozen_house import HOUSE, LISBON

ARN = "arn:aws:sns:eu-west-1:123456789012:alarms"


def text(line: Line) -> str:
    return "".join(piece.text for piece in line)


def test_topics_that_wait_are_a_book_of_their_own() -> None:
    assert system.books(HOUSE) == system.BOOKS
    asking = replace(HOUSE, topics=(WaitingTopic("cloud", ARN, NOW - timedelta(hours=1)),))
    assert system.books(asking) == (*system.BOOKS, "topics")
    said = text(system.book_line("topics", asking, NOW))
    assert said.split()[:2] == ["Topics", "1"]
    assert "oncall integration confirm" in said
    (entry,) = system.book_detail("topics", asking, NOW, LISBON, 80)[1:]
    assert text(entry).split()[1:] == ["cloud", ARN]


def test_pages_that_are_sent_in_vain_are_told_apart_from_those_under_way() -> None:
    page = HOUSE.deliveries[0]
    told = {
        (): "none under way",
        (replace(page, state="delivered"),): "none under way",
        (replace(page, state="pending", tries=0), replace(page, state="sending", tries=1)): "2 under way",
        (replace(page, state="pending", tries=3), replace(page, state="pending", tries=0)): (
            "1 in vain so far, 1 under way"
        ),
        (replace(page, state="failed", tries=3), replace(page, state="pending", tries=1)): "1 failed, 1 in vain so far",
    }
    for deliveries, words in told.items():
        said = text(system.book_line("deliveries", replace(HOUSE, deliveries=deliveries), NOW))
        assert said.split(maxsplit=2)[2] == words


def test_rejected_posts_say_who_what_and_why() -> None:
    post = HOUSE.rejected[0]
    told = "\n".join(text(line) for line in system.book_detail("rejected", HOUSE, NOW, LISBON, 120))
    assert all(part in told for part in (post.source, post.reason, post.path))
