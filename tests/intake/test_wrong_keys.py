"""Who has no key hears of the key, whatever else is wrong with a post; who has one hears what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.intake.sources import DIALECTS
from oncall_tui.ops.intake.rejected import newest
from tests.intake.housed import Housed, every_kind, housed, key_of

ENQUEUE, CHANGE, V1 = "/v2/enqueue", "/v2/change/enqueue", "/generic/2010-04-15/create_event.json"
UNREADABLE = b'{"nothing": "that any dialect reads"'


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Housed]:
    with housed(f"sqlite:///{tmp_path}/oncall.db", every_kind(), tmp_path) as made:
        yield made


def post(doors: Housed, path: str, body: object, **headers: str) -> tuple[int, str]:
    doors.later(61)  # a minute's guesses are over
    answer = doors.ask("POST", path, body=json.dumps(body).encode(), headers=headers)
    return answer.status_code, answer.text


def test_a_wrong_key_in_the_path_is_403_also_for_what_no_event_can_be_made_of(doors: Housed) -> None:
    def answer(path: str) -> int:
        doors.later(61)
        return doors.ask("POST", path, body=UNREADABLE).status_code

    for kind in DIALECTS:
        wrong = 400 if kind == "pagerduty-v1" else 403  # v1's senders take 403 for "later"
        assert answer(f"/in/{kind}/{'w' * 32}") == wrong, kind
        assert answer(f"/in/{kind}/{key_of(kind)}") == 400, kind


def test_a_wrong_key_in_a_header_is_403_and_a_guess(doors: Housed) -> None:
    assert post(doors, "/in/zabbix", {}, **{"x-api-key": "w" * 32})[0] == 403
    assert post(doors, "/in/zabbix", {}, **{"x-api-key": key_of("zabbix")})[0] == 400
    assert post(doors, "/v2/alerts", {}, authorization=f"GenieKey {'w' * 32}")[0] == 403
    assert post(doors, "/v2/alerts", {}, authorization=f"GenieKey {key_of('opsgenie')}")[0] == 422
    answers = [doors.ask("POST", f"/in/zabbix/{'w' * 32}", body=b"{}").status_code for _ in range(12)]
    assert answers == [*[403] * 10, 429, 429], "guesses with nothing in them are guesses"


def test_a_key_of_a_wrong_length_is_400_and_names_the_rule(doors: Housed) -> None:
    for path, name in ((ENQUEUE, "routing_key"), (CHANGE, "routing_key"), (V1, "service_key")):
        judge_lengths(doors, path, name)


def judge_lengths(doors: Housed, path: str, name: str) -> None:
    payload = {"summary": "s", "source": "x", "severity": "info"}
    event = {"event_action": "trigger", "event_type": "trigger", "description": "s", "payload": payload}
    status, text = post(doors, path, {**event, name: "short"})
    assert (status, "32 characters" in text, name in text) == (400, True, True)
    unknown = 400 if path == V1 else 403  # v1's senders take 403 for "later"
    assert post(doors, path, {**event, name: "f" * 32})[0] == unknown
    # What stands in a header here may be a token of the vendor's own.
    status, text = post(doors, path, event, authorization="Token token=y_NbAkKc66ryYTWUXYEu")
    assert (status, name in text) == (400, True)
    assert post(doors, path, {**event, name: key_of("pagerduty")})[0] in (200, 202)


def test_a_key_of_ours_may_have_any_length(tmp_path: Path) -> None:
    config = every_kind().replace(f"key: {key_of('pagerduty')}", "key: own-key-of-ours-20-c")
    with housed(f"sqlite:///{tmp_path}/oncall.db", config, tmp_path) as doors:
        event = {"event_action": "trigger", "payload": {"summary": "s", "source": "x", "severity": "info"}}
        assert post(doors, ENQUEUE, {**event, "routing_key": "own-key-of-ours-20-c"})[0] == 202


def test_a_wrong_key_with_an_unusable_body_is_kept_once_as_a_wrong_key(doors: Housed) -> None:
    post(doors, f"/in/nagios/{'w' * 32}", {})
    with doors.house.store.read() as conn:
        found = newest(conn, 10)
    assert [(row.path, row.reason) for row in found] == [("/in/nagios/wwww…", "unknown key")]
