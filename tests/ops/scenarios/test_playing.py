"""Scenarios played: every instant is worked out by hand from the rules."""

from __future__ import annotations

import re

import pytest

from tests.ops.scenarios.playing import play

LADDER = """
policies:
  - name: p
    remind: off
    steps: [{delay: 5m, targets: [{user: bo}]}, {delay: 10m, targets: [{user: cy}]}]
    fallback: [{user: ana}]
services: [{name: checkout, policy: p}]
"""
TRIGGER = "{at: 2026-03-01T03:10:00Z, do: trigger, key: k1, title: 5xx}"


class TestSteps:
    def test_steps_wait_their_delays_and_the_last_ones_runs_before_the_fallback(self) -> None:
        played = play(LADDER, TRIGGER)
        # bo at once; cy after 5; after cy's 10 the fallback by ana's rules: push at once, mail 3 minutes on.
        assert played.pages == [(0, "bo", "push"), (5, "cy", "push"), (15, "ana", "push"), (18, "ana", "mail")]
        assert played.found.state == "exhausted"

    def test_rounds_are_repeated_before_the_fallback(self) -> None:
        played = play(LADDER.replace("remind: off", "remind: off\n    repeat: 1"), TRIGGER)
        assert played.places == [
            (0, "bo", 1, 1), (5, "cy", 2, 1), (15, "bo", 1, 2), (20, "cy", 2, 2), (30, "ana", 2, 2), (33, "ana", 2, 2),
        ]  # fmt: skip

    def test_reminders_are_pages_due_too(self) -> None:
        config = LADDER.replace("remind: off", "remind: 2m").replace("delay: 5m", "delay: 5m").replace(
            "delay: 10m", "delay: 3m"
        )  # fmt: skip
        played = play(config, TRIGGER, "+9m")
        # Step 1 at 0, reminded at 2 and 4; step 2 at 5, reminded at 7; its 3 minutes end at 8: the fallback.
        assert played.pages == [
            (0, "bo", "push"), (2, "bo", "push"), (4, "bo", "push"), (5, "cy", "push"), (7, "cy", "push"),
            (8, "ana", "push"),
        ]  # fmt: skip

    def test_an_acknowledgement_stops_all_and_comes_before_a_timer_of_its_instant(self) -> None:
        played = play(LADDER, f"{TRIGGER}\n{{at: +5m, do: acknowledge, by: bo}}")
        assert played.pages == [(0, "bo", "push")]
        assert played.found.state == "acknowledged"

    def test_pages_at_the_end_are_left_out(self) -> None:
        assert play(LADDER, TRIGGER, "+5m").pages == [(0, "bo", "push")]
        assert play(LADDER, TRIGGER, "2026-03-01T03:15:01Z").pages == [(0, "bo", "push"), (5, "cy", "push")]
        again = f"{TRIGGER}\n{{at: +5m, do: trigger, key: k2, title: again}}"
        assert play(LADDER, again, "+5m").pages == [(0, "bo", "push")]

    def test_several_policies_run_side_by_side(self) -> None:
        config = """
teams: [{name: t, members: [bo], policies: [one, two]}]
policies:
  - {name: one, remind: off, steps: [{delay: 5m, targets: [{user: bo}]}], fallback: [{user: ana}]}
  - {name: two, remind: off, steps: [{delay: 7m, targets: [{user: cy}]}], fallback: [{url: "json://127.0.0.1:9/room"}]}
services: [{name: checkout, team: t}]
"""
        played = play(config, TRIGGER)
        assert [page[:2] for page in played.pages] == [(0, "bo"), (0, "cy"), (5, "ana"), (7, None), (8, "ana")]

    def test_low_urgency_tells_once_by_the_low_rules(self) -> None:
        config = LADDER.replace("[{user: bo}]", "[{user: ana}]")
        played = play(config, TRIGGER.replace("title", "severity: low, title"))
        # mail is a rule for high urgency only.
        assert played.pages == [(0, "ana", "push")]
        assert played.found.state == "triggered"

    def test_round_robin_takes_turns_across_incidents(self) -> None:
        config = """
policies: [{name: p, remind: off, steps: [{delay: 5m, assign: round_robin, targets: [{user: bo}, {user: cy}]}]}]
services: [{name: checkout, policy: p}]
"""
        three = "\n".join([TRIGGER, "{at: +1m, do: trigger, key: k2}", "{at: +2m, do: trigger, key: k3}"])
        assert play(config, three, "+4m").pages == [(0, "bo", "push"), (1, "cy", "push"), (2, "bo", "push")]


class TestActs:
    def test_two_keypresses_escalate_once(self) -> None:
        """Both saw minute 1: who comes second is told, and the incident goes one step on."""
        events = f"""{TRIGGER}
            {{at: +2m, do: escalate, by: bo, as_of: +1m}}
            {{at: +2m, do: escalate, by: cy, as_of: +1m}}"""
        played = play(LADDER, events, "+3m")
        assert played.pages == [(0, "bo", "push"), (2, "cy", "push")]
        assert played.rejected == [(2, "escalate", "cy")]
        assert "has changed since you looked" in played.found.rejected[0].because

    def test_as_of_sees_what_happened_up_to_and_at_that_moment(self) -> None:
        late = play(LADDER, f"{TRIGGER}\n{{at: +6m, do: escalate, by: bo, as_of: 2026-03-01T03:14:59Z}}", "+7m")
        assert late.rejected == [(6, "escalate", "bo")]
        seen = play(LADDER, f"{TRIGGER}\n{{at: +6m, do: escalate, by: bo, as_of: +5m}}", "+7m")
        assert seen.rejected == []
        assert seen.pages[-1] == (6, "ana", "push"), "from the last step on to the fallback"

    def test_at_one_instant_nobody_has_seen_the_other(self) -> None:
        events = f"""{TRIGGER}
            {{at: +2m, do: escalate, by: bo, as_of: +2m}}
            {{at: +2m, do: escalate, by: cy, as_of: +2m}}"""
        played = play(LADDER, events, "+3m")
        assert (played.pages, played.rejected) == ([(0, "bo", "push"), (2, "cy", "push")], [(2, "escalate", "cy")])

    def test_who_comes_second_is_told_who_was_first(self) -> None:
        events = f"""{TRIGGER}
            {{at: +1m, do: acknowledge, by: bo}}
            {{at: +2m, do: acknowledge, by: cy}}
            {{at: +3m, do: acknowledge, by: bo}}
            {{at: +4m, do: acknowledge, by: cy, take_over: true}}
            {{at: +5m, do: acknowledge, by: vi}}"""
        played = play(LADDER, events)
        assert played.rejected == [(2, "acknowledge", "cy"), (5, "acknowledge", "vi")]
        assert "already acknowledged by bo" in played.found.rejected[0].because
        assert "may look but not act" in played.found.rejected[1].because
        assert played.found.incidents[0].assignees == ("cy",)

    def test_reassigning_pages_the_person_and_after_the_first_delay_step_1(self) -> None:
        played = play(LADDER, f"{TRIGGER}\n{{at: +1m, do: reassign, by: bo, to: {{user: ana}}}}", "+10m")
        # ana at 1, her mail rule at 4; the policy's first delay is 5: step 1 at 6.
        assert played.pages == [(0, "bo", "push"), (1, "ana", "push"), (4, "ana", "mail"), (6, "bo", "push")]
        assert [due.step for due in played.found.pages] == [1, 1, 1, 1], "counted from 1, also beside all steps"

    def test_reassigning_to_a_policy_begins_at_its_step_1(self) -> None:
        other = (
            "  - {name: q, remind: off, steps: [{delay: 4m, targets: [{user: cy}]}], fallback: [{user: bo}]}\nservices"
        )
        played = play(
            LADDER.replace("services", other, 1),
            f"{TRIGGER}\n{{at: +1m, do: reassign, by: bo, to: {{policy: q}}}}",
            "+6m",
        )
        assert played.pages == [(0, "bo", "push"), (1, "cy", "push"), (5, "bo", "push")]

    def test_a_snooze_ends_in_step_1(self) -> None:
        played = play(LADDER, f"{TRIGGER}\n{{at: +6m, do: snooze, by: cy, for: 20m}}", "+27m")
        assert played.pages == [(0, "bo", "push"), (5, "cy", "push"), (26, "bo", "push")]
        until = play(LADDER, f"{TRIGGER}\n{{at: +6m, do: snooze, by: cy, until: +26m}}", "+27m")
        assert until.pages == played.pages

    def test_a_resolve_by_hand_and_by_the_sender(self) -> None:
        by_hand = play(LADDER, f"{TRIGGER}\n{{at: +2m, do: resolve, by: bo, reason: false alarm}}")
        assert (by_hand.pages, by_hand.found.state) == ([(0, "bo", "push")], "resolved")
        assert by_hand.found.incidents[0].resolution == "false alarm"
        sender = play(LADDER, f"{TRIGGER}\n{{at: +2m, do: resolve, key: k1}}")
        assert sender.found.incidents[0].resolved_by == "integration scenario"
        unkeyed = play(LADDER, f"{TRIGGER}\n{{at: +2m, do: resolve}}")
        assert unkeyed.found.state == "resolved"

    def test_a_sender_acknowledges(self) -> None:
        played = play(LADDER, f"{TRIGGER}\n{{at: +2m, do: acknowledge, key: k1}}")
        assert (played.pages, played.found.state) == ([(0, "bo", "push")], "acknowledged")

    def test_after_the_end_acts_are_told_who_ended_it(self) -> None:
        events = f"{TRIGGER}\n{{at: +2m, do: resolve, by: bo}}\n{{at: +3m, do: acknowledge, by: cy}}"
        assert "already resolved by bo" in play(LADDER, events).found.rejected[0].because

    def test_without_a_key_several_open_ones_leave_it_open_which_is_meant(self) -> None:
        two = f"{TRIGGER}\n{{at: +1m, do: trigger, key: k2, title: disk}}"
        played = play(
            LADDER, f"{two}\n{{at: +2m, do: acknowledge, by: bo}}\n{{at: +3m, do: acknowledge, by: bo, key: k2}}"
        )
        assert played.rejected == [(2, "acknowledge", "bo")]
        assert "#1, #2" in played.found.rejected[0].because
        assert [one.state for one in played.found.incidents] == ["triggered", "acknowledged"]

    @pytest.mark.parametrize("key", ["", ", key: other"])
    def test_nothing_to_act_on_is_refused(self, key: str) -> None:
        first = "{at: 2026-03-01T03:10:00Z, do: acknowledge, by: bo" + key + "}"
        played = play(LADDER, first)
        assert played.rejected == [(0, "acknowledge", "bo")]
        assert played.found.state is None


class TestKeysAndGroups:
    def test_a_repeat_pages_nobody_and_a_key_after_its_end_opens_anew(self) -> None:
        events = f"""{TRIGGER}
            {{at: +1m, do: trigger, key: k1, title: 5xx again}}
            {{at: +2m, do: resolve, key: k1}}
            {{at: +3m, do: trigger, key: k1, title: 5xx}}"""
        played = play(LADDER, events, "+4m")
        assert [(due.incident, minute) for due, (minute, *_) in zip(played.found.pages, played.pages, strict=True)] == [
            (1, 0), (2, 3),
        ]  # fmt: skip
        assert played.found.incidents[1].previous == 1
        assert (played.found.incidents[0].title, played.found.state) == ("5xx again", "triggered")

    def test_resolved_by_hand_the_same_occurrence_opens_nothing_for_half_an_hour(self) -> None:
        same = "key: k1, title: 5xx, started_at: 2026-03-01T03:09:00Z"
        events = f"""{{at: 2026-03-01T03:10:00Z, do: trigger, {same}}}
            {{at: +2m, do: resolve, by: bo}}
            {{at: +31m, do: trigger, {same}}}
            {{at: +32m, do: trigger, {same}}}"""
        played = play(LADDER, events, "+33m")
        assert played.pages == [(0, "bo", "push"), (32, "bo", "push")]
        said = [
            (played.after(line.at), line.entry.by) for line in played.found.story if line.entry.kind == "still_firing"
        ]
        assert said == [(31, "scenario")]

    def test_a_service_groups_all_and_heals_as_a_whole(self) -> None:
        config = LADDER.replace("policy: p}", "policy: p, grouping: service}")
        joined = f"{TRIGGER}\n{{at: +1m, do: trigger, key: k2}}"
        assert play(config, joined, "+2m").pages == [(0, "bo", "push")]
        assert play(config, f"{joined}\n{{at: +2m, do: resolve, key: k1}}", "+3m").found.state == "triggered"
        assert play(config, f"{joined}\n{{at: +2m, do: resolve}}", "+3m").found.state == "resolved"

    def test_labels_group_within_a_rolling_window(self) -> None:
        config = LADDER.replace("policy: p}", "policy: p, grouping: labels, group_labels: [job], group_window: 5m}")
        events = """{at: 2026-03-01T03:10:00Z, do: trigger, key: a, labels: {job: db}}
            {at: +4m, do: trigger, key: b, labels: {job: db}}
            {at: +9m, do: trigger, key: c, labels: {job: db}}
            {at: +9m, do: trigger, key: d, labels: {job: web}}
            {at: 2026-03-01T03:24:01Z, do: trigger, key: e, labels: {job: db}}"""
        played = play(config, events, "+15m")
        assert len(played.found.incidents) == 3, "a, b, c are one; d another; e comes a second too late"

    def test_a_senders_groups(self) -> None:
        events = """{at: 2026-03-01T03:10:00Z, do: trigger, key: a, group: g}
            {at: +1m, do: trigger, key: b, group: g}
            {at: +1m, do: trigger, key: c, group: h}"""
        assert len(play(LADDER, events, "+2m").found.incidents) == 2

    def test_without_a_key_an_alert_is_known_by_its_title_and_a_persons_is_always_new(self) -> None:
        senders = "{at: 2026-03-01T03:10:00Z, do: trigger, title: 5xx}\n{at: +1m, do: trigger, title: 5xx}"
        assert len(play(LADDER, senders, "+2m").found.incidents) == 1
        people = senders.replace("do: trigger", "do: trigger, by: cy")
        assert len(play(LADDER, people, "+2m").found.incidents) == 2
        looking = play(LADDER, senders.replace("do: trigger", "do: trigger, by: vi"), "+2m")
        assert looking.rejected == [(0, "trigger", "vi"), (1, "trigger", "vi")]

    def test_a_worse_alert_wakes_what_was_told_once(self) -> None:
        events = f"{TRIGGER.replace('title', 'severity: info, title')}\n{{at: +8m, do: trigger, key: k1, title: 5xx}}"
        assert play(LADDER, events, "+14m").pages == [(0, "bo", "push"), (8, "bo", "push"), (13, "cy", "push")]


class TestWaiting:
    CONFIG = """
schedules:
  - name: s
    timezone: Europe/Lisbon
    layers: [{name: l, shifts: [{user: cy, start: 2026-03-01T05:00, end: 2026-03-01T09:00}]}]
policies: [{name: p, remind: off, steps: [{delay: 5m, targets: [{schedule: s}]}], fallback: [{user: bo}]}]
services: [{name: checkout, policy: p}]
"""

    def test_the_fallback_at_once_and_the_step_when_somebody_comes_on_call(self) -> None:
        played = play(self.CONFIG, TRIGGER, "+2h")
        # 03:10 → 05:00 is 110 minutes; after the step's 5 the fallback again.
        assert played.pages == [(0, "bo", "push"), (110, "cy", "push"), (115, "bo", "push")]
        assert play(self.CONFIG, TRIGGER, "+1h").found.state == "waiting"

    def test_waiting_over_the_spring_night(self) -> None:
        """Lisbon springs forward on 2026-03-29 at 01:00Z: 05:00 there is 04:00Z, 50 minutes after 03:10Z."""
        config = self.CONFIG.replace("2026-03-01T05:00", "2026-03-29T05:00").replace("2026-03-01T09", "2026-03-29T09")
        played = play(config, TRIGGER.replace("03-01", "03-29"))
        assert played.pages[:2] == [(0, "bo", "push"), (50, "cy", "push")]

    def test_a_policy_that_never_reaches_anybody_waits(self) -> None:
        played = play(re.sub("user: (bo|cy|ana)", "user: vi", LADDER), TRIGGER)
        assert (played.pages, played.found.state) == ([], "waiting")


class TestMaintenance:
    def test_what_opens_in_it_is_silent_to_its_end_and_what_was_open_runs_on(self) -> None:
        events = f"""{TRIGGER}
            {{at: +1m, do: maintenance, for: 10m}}
            {{at: +2m, do: trigger, key: k2}}
            {{at: +3m, do: trigger, key: k3}}
            {{at: +4m, do: resolve, key: k3}}"""
        played = play(LADDER, events, "+12m")
        # The first goes to cy after bo's 5; the second begins at 11, where the window ends; the third leaves no page.
        assert played.pages == [(0, "bo", "push"), (5, "cy", "push"), (11, "bo", "push")]

    def test_overlapping_windows_end_with_the_last(self) -> None:
        events = """{at: 2026-03-01T03:10:00Z, do: maintenance, for: 10m}
            {at: +1m, do: trigger, key: k1}
            {at: +2m, do: maintenance, for: 20m}"""
        assert play(LADDER, events, "+23m").pages == [(22, "bo", "push")]


class TestDstNight:
    CONFIG = """
schedules:
  - name: s
    timezone: Europe/Berlin
    layers: [{name: l, users: [bo, cy], start: 2026-10-24T02:30, every: 1d}]
policies: [{name: p, remind: 20m, steps: [{delay: 3h, targets: [{schedule: s}]}]}]
services: [{name: checkout, policy: p}]
"""

    def test_reminders_go_to_whoever_is_on_call_then(self) -> None:
        """2026-10-25: 02:30 comes twice in Berlin; the handoff is its first occurrence, 00:30Z."""
        played = play(self.CONFIG, TRIGGER.replace("2026-03-01T03:10", "2026-10-25T00:15"), "+61m")
        # bo holds it at 00:15Z; reminded 00:35Z, 00:55Z and 01:15Z: cy, who came on at 00:30Z and stays on.
        assert played.pages == [(0, "bo", "push"), (20, "cy", "push"), (40, "cy", "push"), (60, "cy", "push")]


class TestDeliveries:
    def test_a_permanent_failure_brings_the_next_rule_forward(self) -> None:
        config = LADDER.replace("[{user: bo}]", "[{user: ana}]")
        events = f"{{at: 2026-03-01T03:09:00Z, do: fail_delivery, user: ana, contact: push}}\n{TRIGGER}"
        played = play(config, events, "+5m")
        assert played.pages == [(1, "ana", "mail"), (1, "ana", "push")]

    def test_everybody_failed_for_good_goes_on_at_once(self) -> None:
        events = f"{{at: 2026-03-01T03:09:00Z, do: fail_delivery, user: bo, how: permanent}}\n{TRIGGER}"
        played = play(LADDER, events, "+12m")
        # Step 2 starts at minute 1, not after bo's 5; the fallback after cy's 10.
        assert played.pages == [(1, "bo", "push"), (1, "cy", "push"), (11, "ana", "push")]

    def test_a_temporary_failure_lets_the_next_contact_go_after_a_minute(self) -> None:
        config = LADDER.replace("[{user: bo}]", "[{user: ana}]")
        fails = "{at: 2026-03-01T03:09:00Z, do: fail_delivery, user: ana, contact: push, how: temporary, until: +5m}"
        played = play(config, f"{fails}\n{TRIGGER}", "+5m")
        assert played.pages == [(1, "ana", "push"), (2, "ana", "mail")]

    def test_what_fails_from_an_instant_on_fails_for_what_is_sent_then(self) -> None:
        played = play(LADDER, f"{TRIGGER}\n{{at: +0s, do: fail_delivery, user: bo, contact: push}}", "+5m")
        assert played.pages == [(0, "bo", "push"), (0, "cy", "push")]

    def test_a_failure_ends(self) -> None:
        fails = "{at: 2026-03-01T03:09:00Z, do: fail_delivery, user: bo, until: +1m}"
        assert play(LADDER, f"{fails}\n{TRIGGER}", "+5m").pages == [(1, "bo", "push")]

    def test_a_channel_fails(self) -> None:
        config = LADDER.replace("[{user: bo}]", '[{url: "json://127.0.0.1:9/room"}]')
        name = play(config, TRIGGER, "+1m").pages[0][2]
        fails = f'{{at: 2026-03-01T03:09:00Z, do: fail_delivery, contact: "{name}"}}'
        assert play(config, f"{fails}\n{TRIGGER}", "+2m").pages == [(1, None, name), (1, "cy", "push")]


def test_the_last_incidents_state_counts() -> None:
    events = f"{TRIGGER}\n{{at: +1m, do: resolve, key: k1}}\n{{at: +2m, do: trigger, key: k2}}"
    assert play(LADDER, events, "+3m").found.state == "triggered"


def test_hold_for_leaves_no_page_when_it_resolves_in_time() -> None:
    config = LADDER.replace("policy: p}", "policy: p, hold_for: 2m}")
    assert play(config, TRIGGER, "+3m").pages == [(2, "bo", "push")]
    assert play(config, f"{TRIGGER}\n{{at: +1m, do: resolve, key: k1}}", "+3m").pages == []


def test_an_ack_timeout_starts_over() -> None:
    config = LADDER.replace("policy: p}", "policy: p, ack_timeout: 30m}")
    assert play(config, f"{TRIGGER}\n{{at: +6m, do: acknowledge, by: cy}}", "+40m").pages == [
        (0, "bo", "push"), (5, "cy", "push"), (36, "bo", "push"),
    ]  # fmt: skip
