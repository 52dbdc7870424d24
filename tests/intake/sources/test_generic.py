"""The generic dialect: aliases, words, forms and queries, and what makes a post unusable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example, generic


@dataclass
class Taken:
    number: int | None
    dedup_key: str | None


def read(body: object = None, query: str = "") -> Reading:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    reading = generic.read(Post(body=raw, query=query, key="k1"))
    assert isinstance(reading, Reading), reading
    return reading


def one(body: object = None, query: str = "") -> Event:
    (event,) = read(body, query).events
    return event


def refused(body: bytes, query: str = "") -> Unusable:
    unusable = generic.read(Post(body=body, query=query, key="k1"))
    assert isinstance(unusable, Unusable), unusable
    return unusable


def test_example_reads_whole_and_without_notes() -> None:
    reading = read(example("generic"))
    assert reading.key == "k1"
    assert reading.events == (
        Event(
            action=Action.TRIGGER,
            dedup_key="checkout-5xx",
            title="Checkout 5xx above 5 %",
            description="7.2 % of requests failed in the last five minutes.",
            severity=Severity.CRITICAL,
            labels={"region": "eu-west", "tier": "1", "service": "checkout"},
            started_at=datetime(2026, 1, 5, 10, 2, 11, tzinfo=UTC),
            link="https://grafana.example.com/d/checkout",
        ),
    )


@pytest.mark.parametrize("name", ["title", "message", "summary"])
def test_title_has_three_names(name: str) -> None:
    assert one({name: "disk full"}).title == "disk full"


@pytest.mark.parametrize("name", ["description", "details", "body"])
def test_description_has_three_names(name: str) -> None:
    assert one({"title": "t", name: "two\nlines"}).description == "two\nlines"


@pytest.mark.parametrize("name", ["key", "dedup_key", "alert_uid", "id"])
@pytest.mark.parametrize(("value", "key"), [("a/b", "a/b"), (17, "17"), (0, "0")])
def test_key_has_four_names_and_may_be_a_number(name: str, value: object, key: str) -> None:
    assert one({"title": "t", name: value}).dedup_key == key


@pytest.mark.parametrize("name", ["action", "state", "status"])
@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("alerting", Action.TRIGGER),
        ("FIRING", Action.TRIGGER),
        ("down", Action.TRIGGER),
        ("unhealthy", Action.TRIGGER),
        ("no data", Action.TRIGGER),
        ("ok", Action.RESOLVE),
        ("Resolved ", Action.RESOLVE),
        ("up", Action.RESOLVE),
        ("healthy", Action.RESOLVE),
        ("ack", Action.ACKNOWLEDGE),
        ("acknowledged", Action.ACKNOWLEDGE),
        ("", Action.TRIGGER),
        (None, Action.TRIGGER),
    ],
)
def test_action_words(name: str, word: str | None, action: Action) -> None:
    event = one({"title": "t", "key": "k", name: word})
    assert event.action is action
    assert event.notes == ()


def test_unknown_word_opens_an_alert_and_is_noted() -> None:
    event = one({"title": "t", "key": "k", "status": "purple\x1b[31m"})
    assert event.action is Action.TRIGGER
    assert "purple" in event.notes[0]
    assert "\x1b" not in event.notes[0]


def test_known_word_wins_over_an_unknown_one_before_it() -> None:
    assert one({"title": "t", "key": "k", "action": "notify", "status": "ok"}).action is Action.RESOLVE


def test_title_is_the_key_of_a_keyless_trigger() -> None:
    assert one({"title": "disk\r\nfull"}).dedup_key == "disk full"


def test_keyless_resolve_means_the_whole_service() -> None:
    (event,) = read({"status": "healthy"}).events
    assert (event.action, event.dedup_key) == (Action.RESOLVE, None)


def test_keyless_resolve_with_a_title_means_its_alert_and_the_whole_service() -> None:
    keys = [(event.action, event.dedup_key) for event in read({"title": "disk full", "status": "ok"}).events]
    assert keys == [(Action.RESOLVE, "disk full"), (Action.RESOLVE, None)]


def test_keyed_resolve_means_its_alert_only() -> None:
    assert one({"title": "disk full", "key": "d", "status": "ok"}).dedup_key == "d"


def test_form_and_query_read_alike() -> None:
    fields = {"title": "disk [/var/log] full", "key": "d1", "severity": "low", "labels": '{"host": "a"}'}
    event = one(urlencode(fields).encode())
    assert (event.title, event.dedup_key, event.severity) == ("disk [/var/log] full", "d1", Severity.LOW)
    assert event.labels == {"host": "a"}
    assert one(None, urlencode(fields)) == event


def test_body_wins_over_query_and_nulls_give_way() -> None:
    event = one({"title": "body", "key": None}, "title=query&key=q1")
    assert (event.title, event.dedup_key) == ("body", "q1")


def test_title_is_folded_and_cut_visibly() -> None:
    event = one({"title": "a\r\nb\tc " + "🔥" * 2000})
    assert event.title.startswith("a b c 🔥")
    assert len(event.title) == 1024
    assert event.title.endswith("…")
    assert "cut" in event.notes[0]
    assert one({"title": "🔥" * 1024}).title == "🔥" * 1024


def test_long_keys_stay_apart_and_stable() -> None:
    first, second = (one({"title": "t", "key": "k" * 600 + end}).dedup_key for end in "ab")
    assert first != second
    assert first == one({"title": "x", "status": "ok", "key": "k" * 600 + "a"}).dedup_key
    assert first is not None
    assert len(first) == 512


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", "purple"), ("severity", {"a": 1}), ("labels", "x"), ("labels", [1]), ("started_at", "yesterday")],
)
def test_odd_optional_field_costs_a_note_only(field: str, value: object) -> None:
    event = one({"title": "t", field: value})
    assert event.severity is Severity.HIGH
    assert event.started_at is None
    assert len(event.notes) == 1


@pytest.mark.parametrize(
    ("text", "moment", "notes"),
    [
        ("2026-01-05T10:00:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC), 0),
        ("2026-01-05T10:00:00+0100", datetime(2026, 1, 5, 9, tzinfo=UTC), 0),
        ("2026-01-05t10:00:00.123456789z", datetime(2026, 1, 5, 10, 0, 0, 123456, tzinfo=UTC), 0),
        ("2026-01-05 10:00:00", datetime(2026, 1, 5, 10, tzinfo=UTC), 1),
        (1767607200, datetime(2026, 1, 5, 10, tzinfo=UTC), 0),
        (1767607200000, datetime(2026, 1, 5, 10, tzinfo=UTC), 0),
        ("0001-01-01T00:00:00Z", None, 0),
        ("9999-12-31T23:59:59-10:00", None, 1),
        (10**400, None, 1),
        (["x"], None, 1),
    ],
)
def test_timestamps_in_all_moods(text: object, moment: datetime | None, notes: int) -> None:
    event = one({"title": "t", "started_at": text})
    assert event.started_at == moment
    assert len(event.notes) == notes


def test_description_or_key_stands_in_for_a_missing_title() -> None:
    assert one({"description": "first\nsecond"}).title == "first"
    assert one({"key": "d1"}).title == "d1"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "https://a\x1b", 7])
def test_only_web_links_are_kept(link: object) -> None:
    assert one({"title": "t", "link": link}).link is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"title": "  "}', b'{"title": null}', b"[]", b'"text"', b"null", b"7"])
def test_nothing_to_open_is_unusable(body: bytes) -> None:
    unusable = refused(body)
    assert not unusable.malformed
    assert generic.DIALECT.unusable(unusable).status == 400


@pytest.mark.parametrize(
    "body",
    [b'{"title": ', b"disk full", b"a=b", b"\xff\xfe{", pytest.param(b"[" * 1_000_000, id="nesting"), b"{'title': 1}"],
)
def test_no_payload_at_all_is_malformed(body: bytes) -> None:
    unusable = refused(body)
    assert unusable.malformed
    assert "'malformed'" in str(generic.DIALECT.unusable(unusable).body)


def test_acknowledge_needs_something_to_name_the_alert() -> None:
    assert "acknowledge" in refused(b'{"action": "ack"}').errors[0]


def test_lenient_json_is_read_with_a_note() -> None:
    for body in (b'{"title": "a\nb"}', b'{"title": "a b", "x": NaN}', b'{"title": "a b", "n": %s}' % (b"9" * 10_000)):
        event = one(body)
        assert event.title == "a b"
        assert event.notes == ("the JSON is not strict; it was read leniently",)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b'\xef\xbb\xbf{"title": "marked"}', "marked"),
        ('{"title": "wide"}'.encode("utf-16"), "wide"),
        (b'{"title": "caf\xe9"}', "café"),
        (rb'{"title": "a\u0000b"}', "a\ufffdb"),
        (rb'{"title": "a\ud800b"}', "a\ufffdb"),
        (b'{"title": "first", "title": "last"}', "last"),
    ],
)
def test_odd_encodings_have_a_defined_reading(body: bytes, title: str) -> None:
    assert one(body).title == title


def test_labels_are_texts_and_bounded() -> None:
    event = one(
        {"title": "t", "labels": {"n": 1, "b": True, "x": None, "o": {"a": [1]}, **{f"l{i}": i for i in range(99)}}}
    )
    assert event.labels["n"] == "1"
    assert event.labels["b"] == "true"
    assert event.labels["o"] == '{"a": [1]}'
    assert "x" not in event.labels
    assert len(event.labels) == 64
    assert "left out" in event.notes[0]


def test_answer_names_key_and_incident() -> None:
    answer = generic.DIALECT.accepted([Taken(None, "a"), Taken(412, None)])
    assert (answer.status, answer.body) == (202, {"status": "accepted", "dedup_key": "a", "incident": 412})


def test_a_message_beside_a_title_is_told_below_it() -> None:
    for body, told in (
        ({"title": "CPU high", "message": "load 9.3 on web-1"}, "load 9.3 on web-1"),
        ({"message": "CPU high", "summary": "load 9.3"}, "load 9.3"),
        ({"title": "CPU high", "message": "CPU high ", "summary": "load 9.3"}, "load 9.3"),
        ({"title": "CPU high", "message": "load 9.3", "details": "since noon"}, "since noon"),
        ({"title": "CPU high", "message": "CPU high"}, ""),
        ({"message": "CPU high"}, ""),
    ):
        reading = generic.read(Post(body=json.dumps(body).encode()))
        assert isinstance(reading, Reading)
        assert (reading.events[0].title, reading.events[0].description) == ("CPU high", told), body
