"""Matchers as Prometheus people write them: what they mean, what is refused, and that no text takes them long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.matching.matchers import check_expression
from oncall_tui.domain.routing import Matcher, format_matchers, parse_matchers
from oncall_tui.domain.severity import Severity

LABELS = {
    "team": "payments",
    "instance": "db-1:9090",
    "odd name": "x",
    "text": "two\nlines",
    "integration": "pretender",
}
PAYLOAD = {
    "alerts": [{"status": "firing", "n": 1}, {"status": "resolved", "n": 2}],
    "nested": {"flag": True, "nothing": None, "list": ["a", "b"], "number": 1.5},
}
EVENT = Event(action=Action.TRIGGER, dedup_key="k", title="5xx", severity=Severity.CRITICAL, labels=LABELS)
SEEN = Seen(EVENT, "checkout", "monitor", "generic", PAYLOAD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        'team="payments"',
        "{team=payments}",
        ' { team = "payments" , severity = "critical" , } ',
        'team=~"pay.*",severity!="low"',
        'team!~"pay"',  # anchored: it has to match all of it
        "team=~pay.*",
        'nowhere=""',
        'nowhere!="x", nowhere=~".*", nowhere!~".+"',
        'severity="critical", title="5xx", service="checkout", action="trigger", dedup_key="k"',
        'integration="monitor", kind="generic"',  # no label can pretend to be these
        '"odd name"="x"',
        'instance=~"db-\\d+:9090"',
        'text="two\\nlines", text=~"two.lines"',
        'payload.nested.flag="true", payload.nested.number="1.5", payload.nested.nothing=""',
        'payload.nested.list="[\\"a\\",\\"b\\"]"',
        "payload.alerts[?n==`2`].status | [0]=resolved",
        "contains(payload.nested.list, 'a')=true",
        'labels."odd name"="x"',
        'payload.nope.deeper="", payload.alerts[7].n=""',
    ],
)
def test_what_holds(text: str) -> None:
    assert all(matcher.holds(SEEN) for matcher in parse_matchers(text))


@pytest.mark.parametrize(
    "text",
    [
        'team="pay"',
        'team=~"pay"',
        'team!="payments"',
        'team!~"pay.*"',
        'nowhere=~".+"',
        'integration="pretender"',
        'payload.nested.flag="false"',
        'Team="payments"',
    ],
)
def test_what_does_not(text: str) -> None:
    assert not all(matcher.holds(SEEN) for matcher in parse_matchers(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("team", "no matcher"),
        ("team=", "no value"),
        ('="x"', "no matcher"),
        ('team="x" severity="y"', "where a comma should"),
        ('team="x"}', "where a comma should"),
        ('{team="x"', "not closed"),
        ('team="x', "no value"),
        ("team==x", "no value"),
        ("team=~'x'", "no value"),
        ('team=~"("', "no regular expression"),
        ('team=~"a{1001}"', "no regular expression"),
        ('team=~"(a)\\1"', "no regular expression"),
        ('team=~"(?=x)"', "no regular expression"),
        (f'team=~"{"x" * 1001}"', "at most 1000"),
        ('pay-load="x"', "neither a label's name nor JMESPath"),
        ('payload.[="x"', "no matcher"),
        (f'payload.{"a." * 300}b="x"', "at most 500"),
        ("a=b," * 1100, "at most 4000"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        parse_matchers(text)


def test_a_pattern_that_no_text_can_match() -> None:
    with pytest.raises(Invalid, match="lone surrogates"):
        Matcher("a", "=~", "\ud800")


def test_an_expression_by_itself() -> None:
    check_expression("alarm.tags[0]")
    with pytest.raises(Invalid, match=r"'alarm\.\[' is no JMESPath"):
        check_expression("alarm.[")


def test_an_operator_that_is_none() -> None:
    with pytest.raises(Invalid, match="no operator"):
        Matcher("a", "==", "b")
    with pytest.raises(Invalid, match="needs a name"):
        Matcher("", "=", "b")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PATTERNS = st.sampled_from(["", "pay.*", r"db-\d+", r'"\\', "a|b", "é{2}"])


@given(
    st.lists(
        st.one_of(
            st.builds(Matcher, TEXTS.filter(bool), st.sampled_from(["=", "!="]), TEXTS),
            st.builds(Matcher, TEXTS.filter(bool), st.sampled_from(["=~", "!~"]), PATTERNS),
            st.builds(
                Matcher,
                st.sampled_from(["payload.a", 'labels."x, y=z"', "payload[?a=='b'].c | [0]"]),
                st.just("="),
                TEXTS,
                st.just(True),
            ),
        ),
        max_size=4,
    )
)
def test_written_and_read_it_is_the_same(matchers: list[Matcher]) -> None:
    written = format_matchers(matchers)
    if len(written) <= 4000:
        assert list(parse_matchers(written)) == matchers
        assert list(parse_matchers(f"{{{written}}}")) == matchers


@given(st.text(st.sampled_from("ab=~!\"'`,{}[]()\\ \n.$é?@|&*"), max_size=60) | st.text(max_size=40))
def test_hostile_text_is_read_or_refused(text: str) -> None:
    try:
        matchers = parse_matchers(text)
    except Invalid:
        return
    assert parse_matchers(format_matchers(matchers)) == matchers
    for matcher in matchers:
        assert matcher.expression or matcher.holds(SEEN) in (True, False)


@given(st.text(max_size=30))
def test_any_value_can_be_looked_at(value: str) -> None:
    """Also one with lone surrogates, which JSON can carry."""
    for operator in ("=~", "!~"):
        assert Matcher("a", operator, ".*").takes(value) is (operator == "=~")
    assert Matcher("a", "=~", ".*").takes(value + "\ud800")


@pytest.mark.parametrize(
    "pattern",
    ["(a*)*b", "(a|a)*b", "(a+a+)+b", "([a-z]+)*b", ".*a.*a.*a.*a.*b", "[ab]*a[ab]{200}b", "(a?){50}(a{0,20}){10}b"],
)
def test_patterns_take_time_in_step_with_the_text(pattern: str) -> None:
    """FAULTS 53: each of these takes a backtracking matcher longer than the age of the universe."""
    matcher = Matcher("a", "=~", pattern)
    matcher.takes("a")
    began = time.process_time()
    assert not matcher.takes("a" * 1_000_000)
    assert time.process_time() - began < 2.0
