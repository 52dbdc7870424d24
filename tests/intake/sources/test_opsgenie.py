"""Opsgenie's create: what its contract requires, what its senders do, its answers, and the ids that it hands out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import example
from oncall_tui.intake.sources.paging import opsgenie
from oncall_tui.intake.sources.paging.opsgenie_ids import (
    Came,
    Did,
    RequestId,
    alert_id,
    alert_number,
    digest_of,
    read_request,
)


def read(body: object, **more: Any) -> Reading | Unusable:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return opsgenie.read(Post(body=data, **{"key": "k", **more}))


def one(body: object) -> Event:
    reading = read(body)
    assert isinstance(reading, Reading), reading
    (event,) = reading.events
    return event


def test_example_reads_whole_and_without_notes() -> None:
    event = one(example("opsgenie"))
    assert (event.action, event.dedup_key, event.title) == (
        Action.TRIGGER,
        "web-1/checkout-5xx",
        "Checkout 5xx above 5 %",
    )
    assert event.severity is Severity.CRITICAL
    assert event.labels == {
        "entity": "checkout",
        "source": "probe",
        "user": "probe@example.com",
        "tags": "payments, http",
        "responders": "team payments, user ana@example.com",
        "region": "eu-west",
        "rate": "7.2",
        "url": "https://grafana.example.com/d/checkout",
    }
    assert event.description == ("7.2 % of the payments failed within five minutes.\nnote: The runbook has the steps.")
    assert event.link == "https://grafana.example.com/d/checkout"
    assert event.notes == ()


@pytest.mark.parametrize(
    ("word", "severity"),
    [("P1", "critical"), ("P2", "high"), ("p3", "medium"), ("P4", "low"), ("P5", "info"), (None, "medium")],
)
def test_priorities(word: str | None, severity: str) -> None:
    event = one({"message": "m", "priority": word})
    assert (event.severity, event.notes) == (severity, ())


def test_a_link_is_found_among_the_details() -> None:
    """Zabbix and Healthchecks give it a name of their own; the longer address is the one of the problem."""
    details = {"Zabbix server": "https://z.example/", "Problem": "https://z.example/tr_events.php?eventid=2", "n": 1}
    assert one({"message": "m", "source": "Zabbix", "details": details}).link == details["Problem"]
    assert one({"message": "m", "source": "https://am.example/#/alerts", "details": details}).link == (
        "https://am.example/#/alerts"
    )
    assert one({"message": "m", "details": {"url": "https://g.example", **details}}).link == "https://g.example"


def test_an_unknown_priority_is_high_with_a_note() -> None:
    event = one({"message": "m", "priority": "P9"})
    assert event.severity is Severity.HIGH
    assert "'P9' is unknown" in event.notes[0]


@pytest.mark.parametrize(
    "odd",
    [
        {"tags": "a,b", "details": "x", "responders": {"name": "ops"}},
        {
            "tags": [None, 7, "a,b"],
            "details": {"n": 1, "deep": {"a": None}},
            "teams": [{"name": "ops"}, "net", None, 3],
        },
        {"details": None, "tags": None, "responders": None, "visibleTo": None, "actions": None, "note": None},
        {"description": 7, "entity": ["x"], "source": {"a": 1}, "user": False, "alias": None, "priority": ""},
        {"message": "m\r\nn", "alias": "a" * 5000, "description": "d" * 20_000, "tags": ["t" * 60] * 30},
    ],
)
def test_bad_optional_field_never_loses_the_alert(odd: dict[str, Any]) -> None:
    assert one({"message": "m", **odd}).title in ("m", "m n")


def test_a_long_message_is_cut_not_refused() -> None:
    assert one({"message": "🔥" * 131}).title == "🔥" * 131, "Opsgenie's own 130 are advice"
    cut = one({"message": "🔥" * 1025}).title
    assert (len(cut), cut[-1]) == (1024, "…")


def test_the_key_comes_in_a_header_or_the_query() -> None:
    assert opsgenie.key_of("header", "apiKey=query") == "header"
    assert opsgenie.key_of("", "a=b&apiKey=que%2Dry") == "que-ry"
    assert opsgenie.key_of("", "&".join("a=b" for _ in range(1_000))) == ""
    missing = read({"message": "m"}, key=None)
    assert isinstance(missing, Unusable)
    assert opsgenie.DIALECT.unusable(missing).status == 401


def test_answers_word_for_word() -> None:
    class Taken:
        number = 412
        dedup_key = "k"

    accepted = opsgenie.DIALECT.accepted([Taken()])
    assert isinstance(accepted.body, dict)
    assert accepted.status == 202
    assert accepted.body.keys() == {"result", "took", "requestId"}
    assert accepted.body["result"] == "Request will be processed"
    nameless = read({"message": " "})
    assert isinstance(nameless, Unusable)
    answer = opsgenie.DIALECT.unusable(nameless)
    assert isinstance(answer.body, dict)
    assert (answer.status, answer.body["errors"]) == (422, {"message": "Message can not be empty."})
    for bad in (b"{", b"[]", b"7"):
        malformed = read(bad)
        assert isinstance(malformed, Unusable)
        assert opsgenie.DIALECT.unusable(malformed).status == 400
    assert opsgenie.DIALECT.unknown_key().status == 403


@given(number=st.integers(1, (1 << 48) - 1))
def test_an_alerts_id_is_a_uuid_and_tells_its_number(number: int) -> None:
    assert alert_number(alert_id(number)) == number
    assert UUID(alert_id(number)).version == 4


@pytest.mark.parametrize("text", ["", "x", "00000000-0000-0000-0000-000000000001", str(UUID(int=1 << 127)), "7"])
def test_other_peoples_ids_are_none_of_ours(text: str) -> None:
    assert alert_number(text) is None
    assert read_request(text) is None


@given(
    did=st.sampled_from([did for did in Did if did is not Did.CREATE]),
    came=st.sampled_from(Came),
    number=st.integers(0, (1 << 48) - 1),
    at=st.integers(1, (1 << 32) - 1),
)
def test_a_requests_id_tells_what_it_did(did: Did, came: Came, number: int, at: int) -> None:
    request = RequestId(did=did, came=came, number=number, at=at)
    assert read_request(str(request)) == request
    assert UUID(str(request)).version == 8
    assert str(request) != str(request), "two requests are never one"


@given(number=st.integers(0, (1 << 48) - 1), key=st.text())
def test_the_id_of_a_create_tells_its_incident_and_its_key(number: int, key: str) -> None:
    request = RequestId(did=Did.CREATE, came=Came.DONE, number=number, digest=digest_of(key))
    assert read_request(str(request)) == request
