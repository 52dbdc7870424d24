"""What rules make of events: every key of a rule, their order, and that no fault of theirs loses an alert."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.directory.services import Integration, Service
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import KEY_LIMIT, TITLE_LIMIT, Action, Event
from oncall_tui.domain.routing import Rule, parse_matchers
from oncall_tui.domain.routing.routing import (
    NOTHING_GIVEN,
    Given,
    Routed,
    has_rules,
    needs_payload,
    route,
    services_of,
    wanted,
)
from oncall_tui.domain.routing.templates import LONGEST_MADE, Absent, check_template, fill_in
from oncall_tui.domain.routing.transforming import Transformed, changed_by, plain
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes

LABELS = {"team": "pay", "host": "db-1"}
EVENT = Event(action=Action.TRIGGER, dedup_key="k", title="5xx", labels=LABELS, started_at=T0)
SERVICES = {name: Service(name=name) for name in ("checkout", "payments")}

ANYTHING: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


def routed(
    *rules: Rule, event: Event = EVENT, everywhere: tuple[Rule, ...] = (), given: Given = NOTHING_GIVEN
) -> Routed:
    return route(event, integration(*rules), World(services=SERVICES, rules=everywhere), given)


def integration(*rules: Rule) -> Integration:
    return Integration("monitor", "generic", "checkout", rules=rules)


def rule(match: str = "", **sets: Any) -> Rule:
    return Rule(name="r", match=parse_matchers(match), **sets)


class TestWhatARuleSets:
    def test_the_service(self) -> None:
        assert routed(rule(service="payments")).service == "payments"

    @pytest.mark.parametrize(
        ("sets", "said"),
        [
            ({"severity": Severity.LOW}, "severity low"),
            ({"urgency": Urgency.LOW}, "urgency low"),
            ({"hold_for": timedelta(minutes=2)}, "hold for 2m"),
            ({"hold_for": timedelta(0)}, "hold for 0s"),
        ],
    )
    def test_what_is_taken_as_it_stands(self, sets: dict[str, Any], said: str) -> None:
        done = routed(rule(**sets))
        [(key, value)] = sets.items()
        assert getattr(done.event, key) == value
        assert done.did == done.event.routed == (f"rule 'r': {said}",)

    @pytest.mark.parametrize("key", ["title", "dedup_key", "group_key"])
    def test_texts_are_filled_in_from_labels_and_fields(self, key: str) -> None:
        text: Any = "$team on ${host}: $title, $severity, $$5"
        done = routed(rule(**{key: text}))
        assert getattr(done.event, key) == "pay on db-1: 5xx, high, $5"

    def test_labels_are_added_changed_and_taken_away(self) -> None:
        done = routed(rule(labels={"site": "lisbon", "team": "$team-2", "host": ""}))
        assert done.event.labels == {"site": "lisbon", "team": "pay-2"}

    def test_suppressing_is_about_triggers_alone(self) -> None:
        assert routed(rule(suppress=True)).event.suppressed == "rule 'r'"
        for action in (Action.RESOLVE, Action.ACKNOWLEDGE):
            assert routed(rule(suppress=True), event=replace(EVENT, action=action)).event.suppressed is None

    def test_a_key_that_is_too_long_still_tells_keys_apart(self) -> None:
        keys = {
            routed(rule(dedup_key="$host"), event=replace(EVENT, labels={"host": "x" * 600 + end})).event.dedup_key
            for end in "ab"
        }
        assert len(keys) == 2
        assert all(key is not None and len(key) <= KEY_LIMIT for key in keys)

    def test_a_label_that_can_t_be_filled_is_left_as_it_was(self) -> None:
        done = routed(rule(labels={"team": "$nowhere"}))
        assert done.event.labels == EVENT.labels
        assert any("label team not set" in words for words in done.did)

    def test_a_title_is_one_line_of_a_length(self) -> None:
        done = routed(rule(title="$host"), event=replace(EVENT, labels={"host": "a\r\nb" + "x" * 3_000}))
        assert done.event.title.startswith("a bxx")
        assert len(done.event.title) == TITLE_LIMIT


class TestOrder:
    def test_the_first_that_matches_is_the_last_one_asked(self) -> None:
        done = routed(rule('team="x"', title="no"), rule(title="first"), rule(title="second"))
        assert done.event.title == "first"

    def test_unless_it_continues_and_then_the_later_wins_and_sees_what_was_set(self) -> None:
        done = routed(
            rule(labels={"team": "other"}, severity=Severity.LOW, go_on=True),
            rule('team="other"', severity=Severity.CRITICAL),
        )
        assert done.event.severity is Severity.CRITICAL
        assert len(done.did) == 2

    def test_an_integrations_own_come_first_and_can_end_it(self) -> None:
        everywhere = (rule(title="all"),)
        assert routed(rule(title="own"), everywhere=everywhere).event.title == "own"
        assert routed(rule(title="own", go_on=True), everywhere=everywhere).event.title == "all"
        assert routed(everywhere=everywhere).event.title == "all"

    def test_no_match_leaves_everything(self) -> None:
        assert routed(rule('team="x"', title="no")) == Routed(EVENT, "checkout")

    def test_a_match_that_sets_nothing_is_said(self) -> None:
        assert routed(rule('team="pay"')).did == ("rule 'r': matched",)


class TestFaults:
    """Said, passed over, and the alert goes on."""

    def test_a_label_that_is_not_there(self) -> None:
        done = routed(rule(title="$nope", dedup_key="$host", severity=Severity.LOW))
        assert (done.event.title, done.event.dedup_key, done.event.severity) == ("5xx", "db-1", Severity.LOW)
        assert done.did[0] == "rule 'r': title not set: the event has no nope"

    def test_a_service_that_is_gone(self) -> None:
        done = routed(rule(service="gone", title="kept"))
        assert (done.service, done.event.title) == ("checkout", "kept")
        assert "rule 'r': there is no service 'gone'" in done.did

    def test_an_expression_that_the_payload_does_not_fit(self) -> None:
        done = routed(rule('length(payload.a)="1"', title="no"), rule(title="next"), given=Given({"a": 5}))
        assert done.event.title == "next"
        assert "passed over, its matchers can't read this: JMESPathTypeError" in done.did[0]

    def test_a_payload_that_is_nested_without_end(self) -> None:
        payload: dict[str, object] = {}
        inner = payload
        for _ in range(200_000):
            inner["a"] = inner = {}
        done = routed(rule('payload.a="1"', title="no"), rule(title="next"), given=Given(payload))
        assert done.event.title == "next"
        while payload:  # taken apart by hand: deep structures are hard to free
            payload = payload.pop("a")  # type: ignore[assignment] # made of dicts above

    def test_a_rule_that_could_not_be_read(self) -> None:
        done = routed(Rule(name="old", broken="no pattern"), rule(title="next"))
        assert done.did[0] == "rule 'old': passed over: no pattern"
        assert done.event.title == "next"

    def test_a_template_that_stands_alone(self) -> None:
        assert "title not set" in routed(rule(title="$")).did[0]


class TestTransforms:
    ASKING = Rule(name="t", transform="tidy", title="$title!")

    def test_it_is_asked_for_and_its_answer_goes_before_the_rest_of_the_rule(self) -> None:
        world = World(services=SERVICES)
        asked = wanted(EVENT, integration(self.ASKING), world, Given({"a": 1}))
        assert asked is not None
        given_to = plain(asked.seen)
        assert (asked.name, given_to["payload"], given_to["started_at"]) == ("tidy", {"a": 1}, "2026-03-01T03:00:00Z")
        given = Given({"a": 1}, (Transformed("tidy", {"title": "new", "service": "payments"}),))
        assert wanted(EVENT, integration(self.ASKING), world, given) is None
        done = routed(self.ASKING, given=given)
        assert (done.event.title, done.service) == ("new!", "payments")

    def test_without_an_answer_the_rest_of_the_rule_counts(self) -> None:
        done = routed(self.ASKING)
        assert done.event.title == "5xx!"
        assert done.did[0] == "rule 't': transform 'tidy' did not run"

    def test_what_rules_need(self) -> None:
        world = World(services=SERVICES)
        assert not has_rules(integration(), world)
        assert not needs_payload(integration(rule('team="a"')), world)
        assert needs_payload(integration(rule('payload.a="a"')), world)
        assert services_of(integration(rule(service="gone")), world) == {"checkout"}
        assert services_of(integration(self.ASKING), world) == {"checkout", "payments"}

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (None, "transform 't' failed, the event goes on as it was: it returned nothing, not a dict"),
            ("x", "it returned a str"),
            ({"title": 5}, "title must be text, not int"),
            ({"severity": "purple"}, "severity can't be 'purple'"),
            ({"urgency": "medium"}, "urgency must be high or low"),
            ({"labels": {"a": [1]}}, "labels must hold texts only"),
            ({"labels": {str(n): "" for n in range(201)}}, "labels must be a dict with at most 200 entries"),
            ({"dedup_key": ""}, "dedup_key is empty"),
            ({"hold_for": 5}, "hold_for must be a duration like 2m"),
            ({"hold_for": "soon"}, "hold_for"),
            ({"suppress": "yes"}, "suppress must be true or false"),
            ({"link": "javascript:alert(1)"}, "link is no web address"),
            ({"shell": "rm"}, "shell is nothing that it can set"),
        ],
    )
    def test_rubbish_leaves_the_event_as_it_was_and_is_said(self, value: object, said: str) -> None:
        changed = changed_by(Transformed("t", value), EVENT)
        assert changed.event == EVENT
        assert said in changed.did[0]

    def test_one_that_failed_leaves_the_event_as_it_was_and_is_said(self) -> None:
        changed = changed_by(Transformed("t", problem="it hung"), EVENT)
        assert (changed.event, changed.did) == (
            EVENT,
            ("transform 't' failed, the event goes on as it was: it hung",),
        )

    def test_everything_that_it_can_set(self) -> None:
        answer = {
            "title": "a\nb", "description": "d", "severity": "P1", "urgency": "low", "dedup_key": "x" * 600,
            "group_key": "g", "labels": {"n": 1, "ok": True}, "link": "https://example.com", "hold_for": "2m",
            "suppress": True, "action": "resolve", "payload": None,
        }  # fmt: skip
        event = changed_by(Transformed("t", answer), EVENT).event
        assert (event.title, event.description, event.severity) == ("a b", "d", Severity.CRITICAL)
        assert (event.urgency, event.hold_for, event.group_key) == (Urgency.LOW, minutes(2), "g")
        assert event.dedup_key is not None
        assert len(event.dedup_key) <= KEY_LIMIT
        assert (event.labels, event.link, event.suppressed) == (
            {"n": "1", "ok": "True"}, "https://example.com", "transform 't'",
        )  # fmt: skip
        assert (event.action, event.started_at) == (Action.TRIGGER, T0)

    @given(ANYTHING)
    def test_any_value_leaves_an_event(self, value: object) -> None:
        changed = changed_by(Transformed("t", value), EVENT)
        assert changed.event.dedup_key
        assert changed.did

    @given(
        st.dictionaries(
            st.sampled_from(["title", "severity", "labels", "dedup_key", "hold_for", "suppress", "service", "urgency"]),
            st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.text() | st.none(), max_size=2),
        )
    )
    def test_any_value_of_its_fields_too(self, value: dict[str, object]) -> None:
        assert changed_by(Transformed("t", value), EVENT).event.action is Action.TRIGGER


class TestTemplates:
    """FAULTS 48: names alone, no logic, and bounds on what comes out."""

    @pytest.mark.parametrize(
        "text",
        ["{{ 7*7 }}", "{0.__class__}", "%(title)s", "{% for x in range(9) %}", "#{7*7}", "<%= 1 %>", "title.__class__"],
    )
    def test_what_other_languages_would_run_is_text(self, text: str) -> None:
        assert fill_in(text, LABELS.__getitem__, 100) == text

    def test_what_a_sender_wrote_is_no_template(self) -> None:
        assert fill_in("$a", lambda _: "$b ${c} {{d}}", 100) == "$b ${c} {{d}}"

    def test_a_bomb_of_labels_is_cut(self) -> None:
        asked: list[str] = []

        def long(name: str) -> str:
            asked.append(name)
            return "x" * 1_000_000

        made = fill_in("$a" * 500, long, 10 * LONGEST_MADE)
        assert len(made) <= LONGEST_MADE
        assert len(fill_in("$a" * 500, long, 100)) == 100

    def test_absent_names(self) -> None:
        with pytest.raises(Absent, match="b"):
            fill_in("$b", lambda _: "", 100)

    @pytest.mark.parametrize("text", ["$", "a $ b", "${", "${}", "$1", "x" * 2_001])
    def test_what_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            check_template(text)

    @given(st.text(st.sampled_from(string.printable + "é$"), max_size=60))
    def test_what_is_not_refused_can_be_filled_in(self, text: str) -> None:
        try:
            check_template(text)
        except Invalid:
            return
        assert isinstance(fill_in(text, lambda name: f"<{name}>", 500), str)
