"""Applying a file: by name, all or nothing, twice is once, and nobody who is needed is removed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, InvalidMany
from oncall_tui.ops.config import Applied, apply, export, plan, validate
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.tables import audit, channels, contact_methods, integration_keys, meta, users
from tests.support.configs import KEY, WHOLE
from tests.support.house import House
from tests.support.worlds import T0, minutes

PEOPLE = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
"""


def run(house: House, text: str, *, prune: bool = False) -> Applied:
    """Apply without asking the judge of addresses."""
    return apply(house.session, text, prune, addresses=False)


def changes(applied: Applied) -> list[str]:
    """`created user ana` …"""
    return [f"{one.action} {one.kind} {one.name}" for one in applied.changed]


def refused(house: House, text: str, *, prune: bool = False) -> list[tuple[str, str]]:
    """(path, sentence) of every problem."""
    with pytest.raises(InvalidMany) as raised:
        run(house, text, prune=prune)
    return [(problem.path, problem.sentence) for problem in raised.value.parts]


def count(house: House, table: str) -> int:
    """How many rows a table has."""
    with house.store.read() as conn:
        return conn.execute(select(func.count()).select_from(meta.metadata.tables[table])).scalar_one()


class TestTwice:
    """What is there already is no change."""

    def test_the_whole_file(self, house: House) -> None:
        first = run(house, WHOLE)
        assert changes(first) == [
            *(f"created user {name}" for name in ("ana", "bo", "cy", "dee")),
            "created team payments",
            "created schedule primary",
            "created policy payments",
            "created service checkout",
            "created integration prometheus",
            "created rule quiet",
            "created heartbeat backup",
            "created heartbeat report",
            "created maintenance patching",
            "added override primary 2026-01-07T09:00:00Z/2026-01-08T09:00:00Z",
            "added override primary 2026-02-07T09:00:00Z/2026-02-08T09:00:00Z",
            "added override primary 2026-03-07T09:00:00Z/2026-03-08T09:00:00Z",
            "added override primary 2026-04-07T08:00:00Z/2026-04-08T08:00:00Z",
            "added temporary primary 2026-07-31T23:00:00Z/2026-08-07T23:00:00Z",
        ]
        second = run(house, WHOLE, prune=True)
        assert second.changed == ()
        assert second.keys == {}

    def test_another_spelling_of_the_same_is_no_change(self, house: House) -> None:
        run(house, WHOLE)
        other = WHOLE.replace("delay: 5m", "delay: 300s").replace("every: 1w, priority", "every: 1w,  priority")
        other = other.replace("start: 2026-01-07T09:00, end", "start: 2026-01-07T10:00+01:00, end")
        assert run(house, other.replace("user: cy, replaces", "users: [cy], replaces")).changed == ()

    def test_nothing_changed_moves_no_revision(self, house: House) -> None:
        run(house, PEOPLE)
        with house.store.read() as conn:
            before = house.directory.world(conn).revision
        run(house, PEOPLE)
        with house.store.read() as conn:
            assert house.directory.world(conn).revision == before


class TestUpdates:
    """Matched by name."""

    def test_only_what_differs(self, house: House) -> None:
        run(house, WHOLE)
        applied = run(house, WHOLE.replace("Ana Silva", "Ana S.").replace("repeat: 2", "repeat: 3"))
        assert changes(applied) == ["updated user ana", "updated policy payments"]

    def test_each_change_is_audited_without_values(self, house: House) -> None:
        run(house, PEOPLE)
        run(house, PEOPLE.replace("/ana", "/secret"))
        with house.store.read() as conn:
            rows = conn.execute(select(audit.c.action, audit.c.object, audit.c.text).order_by(audit.c.id)).all()
        assert [tuple(row) for row in rows] == [
            ("config.created", "user ana", ""),
            ("config.created", "user bo", ""),
            ("config.updated", "user ana", "contacts"),
        ]

    def test_a_contact_keeps_its_row_and_history_until_its_address_changes(self, house: House) -> None:
        run(house, PEOPLE)
        rows = select(contact_methods.c.id, contact_methods.c.last_answer).order_by(contact_methods.c.id)
        with house.store.write() as conn:
            conn.execute(contact_methods.update().values(last_answer="200 OK"))
            before = conn.execute(rows).all()
        run(house, PEOPLE.replace("name: push, url", "name: push, limit: 3/1m, url"))
        with house.store.read() as conn:
            assert conn.execute(rows).all() == before
        run(house, PEOPLE.replace("/ana", "/other"))
        with house.store.read() as conn:
            after = conn.execute(rows).all()
        assert [row.id for row in after] == [row.id for row in before]
        assert [row.last_answer for row in after] == ["", "200 OK"]

    def test_what_a_file_leaves_out_stays(self, house: House) -> None:
        run(house, WHOLE)
        assert run(house, "version: 1\nusers: [{username: eve}]").changed[0].name == "eve"
        with house.store.read() as conn:
            world = house.directory.world(conn)
        assert {"ana", "eve"} <= set(world.users)
        assert set(world.services) == {"checkout"}

    def test_entries_may_refer_to_what_is_stored(self, house: House) -> None:
        run(house, PEOPLE)
        assert changes(run(house, "version: 1\nteams: [{name: t, members: [ana]}]")) == ["created team t"]


class TestNothingOnError:
    """All or nothing."""

    def test_one_wrong_value_changes_nothing(self, house: House) -> None:
        text = PEOPLE + "teams: [{name: t, members: [zoe]}]\npolicies: [{name: p, repeat: many}]"
        assert [path for path, _ in refused(house, text)] == ["policies[0].repeat", "teams[0].members[0]"]
        assert count(house, "users") == 0
        assert count(house, "audit") == 0

    def test_who_is_no_admin_changes_nothing(self, house: House) -> None:
        with pytest.raises(Forbidden):
            apply(house.as_user("ana", Role.RESPONDER), PEOPLE, addresses=False)
        assert count(house, "users") == 0

    def test_a_plan_changes_nothing(self, house: House) -> None:
        text = PEOPLE + "services: [{name: s}]\nintegrations: [{name: i, kind: generic, service: s}]"
        planned = plan(house.session, text, addresses=False)
        assert changes(planned) == ["created user ana", "created user bo", "created service s", "created integration i"]
        assert planned.keys == {}
        assert count(house, "users") == 0
        assert changes(run(house, text)) == changes(planned)


class TestSecrets:
    """Sealed when stored; `***` keeps what is there."""

    def test_addresses_are_sealed(self, house: House) -> None:
        run(house, WHOLE)
        with house.store.read() as conn:
            everything = [str(row) for table in (contact_methods, channels) for row in conn.execute(select(table))]
        assert len(everything) == 8
        assert not any("127.0.0.1:9/" in row for row in everything)

    def test_stars_keep_what_is_stored(self, house: House) -> None:
        run(house, WHOLE)
        hidden = WHOLE
        for part in ("ana", "mail", "bo", "cy", "dee", "room", "last", "board"):
            hidden = hidden.replace(f'"json://127.0.0.1:9/{part}"', '"***"')
        assert run(house, hidden.replace(KEY, '"***"')).changed == ()

    def test_a_notice_put_in_between_moves_no_channel_to_another(self, house: House) -> None:
        run(house, WHOLE)
        more = '      - {url: "***", at: "09:00", days: [mon, fri]}\n      - {url: "json://h/new", at: "08:00"}\n'
        start, end = WHOLE.index('      - {url: "json://127.0.0.1:9/room", on'), WHOLE.index("policies:\n  - name")
        turned = WHOLE[:start] + more + '      - {url: "***", on: change}\n' + WHOLE[end:]
        run(house, turned)
        written = validate(export(house.session, with_secrets=True), addresses=False).config
        assert written.schedules is not None
        told = [notice.url for notice in written.schedules[0].notices]
        assert told == ["json://127.0.0.1:9/board", "json://h/new", "json://127.0.0.1:9/room"]
        with pytest.raises(InvalidMany, match="unclear what to keep"):
            run(house, turned.replace('{url: "json://h/new", at: "08:00"}', '{url: "***", at: "08:30"}'))

    def test_stars_for_something_new_are_an_error(self, house: House) -> None:
        text = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "***"}]}]
policies: [{name: p, steps: [{targets: [{url: "***"}]}], fallback: [{url: "***"}]}]
services: [{name: s}]
integrations: [{name: i, kind: generic, service: s, key: "***"}]
"""
        assert [path for path, _ in refused(house, text)] == [
            "users[0].contacts[0].url",
            "policies[0].steps[0].targets[0]",
            "policies[0].fallback[0]",
            "integrations[0].key",
        ]

    def test_a_step_put_in_between_moves_no_channel_to_another_step(self, house: House) -> None:
        steps = '{targets: [{user: ana}, {url: "json://127.0.0.1:9/a"}]}, {targets: [{user: bo}, {url: "json://127.0.0.1:9/b"}]}'
        run(house, f"{PEOPLE}policies: [{{name: p, steps: [{steps}]}}]")
        hidden = (
            '{targets: [{user: ana}, {url: "***"}]}, {targets: [{user: ana}]}, {targets: [{user: bo}, {url: "***"}]}'
        )
        run(house, f"{PEOPLE}policies: [{{name: p, steps: [{hidden}]}}]")
        shown = hidden.replace("***", "json://127.0.0.1:9/a", 1).replace("***", "json://127.0.0.1:9/b", 1)
        assert run(house, f"{PEOPLE}policies: [{{name: p, steps: [{shown}]}}]").changed == ()

    def test_stars_that_could_mean_two_channels_are_an_error(self, house: House) -> None:
        steps = '{targets: [{url: "json://127.0.0.1:9/a"}]}, {targets: [{url: "json://127.0.0.1:9/b"}]}'
        run(house, f"{PEOPLE}policies: [{{name: p, steps: [{steps}]}}]")
        hidden = '{targets: [{user: ana}]}, {targets: [{user: bo}]}, {targets: [{url: "***"}]}'
        assert [path for path, _ in refused(house, f"{PEOPLE}policies: [{{name: p, steps: [{hidden}]}}]")] == [
            "policies[0].steps[2].targets[0]"
        ]


class TestKeys:
    """Integration keys: made once, stored as hashes, kept."""

    TEXT = "version: 1\nservices: [{name: s}]\nintegrations: [{name: i, kind: generic, service: s}]"

    def with_key(self, key: str) -> str:
        return self.TEXT.replace("service: s}]", f'service: s, key: "{key}"}}]')

    def valid(self, house: House) -> list[str]:
        with house.store.read() as conn:
            query = select(integration_keys.c.digest).where(integration_keys.c.revoked_at.is_(None))
            return list(conn.execute(query).scalars())

    def test_an_absent_key_is_made_and_told_once(self, house: House) -> None:
        applied = run(house, self.TEXT)
        key = applied.keys["i"]
        assert len(key) == 32
        assert self.valid(house) == [digest(key)]
        assert key not in repr(applied)
        again = run(house, self.TEXT)
        assert (again.changed, again.keys) == ((), {})
        assert self.valid(house) == [digest(key)]

    def test_another_key_replaces_the_one_before_and_can_come_back(self, house: House) -> None:
        first, second = "a" * 32, "b" * 32
        run(house, self.with_key(first))
        assert run(house, self.TEXT).changed == ()
        assert changes(run(house, self.with_key(second))) == ["updated integration i"]
        assert self.valid(house) == [digest(second)]
        run(house, self.with_key(digest(first)))
        assert self.valid(house) == [digest(first)]

    def test_a_key_of_another_integration_is_refused(self, house: House) -> None:
        run(house, self.with_key(KEY))
        other = self.with_key(KEY).replace("name: i", "name: j")
        assert refused(house, other) == [("integrations[0].key", "integration i has this key")]


class TestPrune:
    """Deleting only when asked, only in sections that are there, never what is needed."""

    def test_without_prune_nothing_goes(self, house: House) -> None:
        run(house, PEOPLE)
        assert run(house, "version: 1\nusers: []").changed == ()

    def test_only_sections_in_the_file(self, house: House) -> None:
        run(house, f"{PEOPLE}services: [{{name: s}}]")
        assert changes(run(house, "version: 1\nusers: []", prune=True)) == ["deleted user ana", "deleted user bo"]
        with house.store.read() as conn:
            assert set(house.directory.world(conn).services) == {"s"}

    def test_everything_goes_in_an_order_that_works(self, house: House) -> None:
        run(house, WHOLE)
        empty = "version: 1\n" + "".join(
            f"{section}: []\n"
            for section in (
                "users",
                "teams",
                "schedules",
                "policies",
                "services",
                "integrations",
                "rules",
                "heartbeats",
                "maintenance",
            )
        )
        assert len(run(house, empty, prune=True).changed) == 13
        for table in ("users", "policies", "schedule_layers", "policy_targets", "integration_keys", "contact_methods"):
            assert count(house, table) == 0

    def test_people_who_are_needed_stay_all_reasons_at_once(self, house: House) -> None:
        run(house, WHOLE + "  - {name: empty, services: [checkout], start: 2026-02-01T02:00Z, end: 2026-02-01T04:00Z}")
        sentences = {sentence for _, sentence in refused(house, "version: 1\nusers: []\nservices: []", prune=True)}
        assert sentences == {
            "user ana can't be removed: team payments needs them",
            "user bo can't be removed: team payments needs them",
            *(f"user {name} can't be removed: schedule primary needs them" for name in ("ana", "bo", "cy", "dee")),
            "user cy can't be removed: policy payments needs them",
            "user dee can't be removed: policy payments needs them",
            *(
                f"user {name} can't be removed: schedule primary, in an override or temporary schedule, needs them"
                for name in ("ana", "bo", "dee")
            ),
            "service checkout can't be removed: integration prometheus needs it",
            "service checkout can't be removed: heartbeat backup needs it",
            "service checkout can't be removed: heartbeat report needs it",
            "service checkout can't be removed: maintenance patching needs it",
            "service checkout can't be removed: maintenance empty needs it",
        }
        assert count(house, "users") == 4

    def test_who_holds_incidents_stays(self, house: House) -> None:
        more = """
policies: [{name: p, steps: [{targets: [{user: ana}]}]}]
services: [{name: s, policy: p}]
integrations: [{name: monitor, kind: generic, service: s}]
"""
        run(house, PEOPLE + more)
        house.post()
        text = "version: 1\nusers: [{username: eve}]\npolicies: [{name: p}]\nservices: []\nintegrations: []"
        assert sorted(refused(house, text, prune=True)) == [
            ("services", "service s can't be removed: it has 1 open incidents"),
            ("users", "user ana can't be removed: they hold #1"),
        ]

    def test_who_is_replaced_in_the_same_file_may_go(self, house: House) -> None:
        run(house, PEOPLE + "teams: [{name: t, members: [ana, bo]}]")
        text = PEOPLE.replace("ana", "eve") + "teams: [{name: t, members: [eve, bo]}]"
        assert changes(run(house, text, prune=True)) == ["created user eve", "updated team t", "deleted user ana"]


class TestSpans:
    """Overrides and temporary schedules."""

    TEXT = (
        PEOPLE
        + """
schedules:
  - name: s
    timezone: Europe/Lisbon
    layers: [{name: l, users: [ana, bo], start: 2026-01-05T09:00, every: 1w}]
    overrides: [{user: bo, start: 2026-07-01T09:00, end: 2026-07-02T09:00}]
"""
    )

    def test_they_are_added_and_never_removed(self, house: House) -> None:
        run(house, self.TEXT)
        other = self.TEXT.replace("2026-07-0", "2026-09-0")
        assert changes(run(house, other, prune=True)) == ["added override s 2026-09-01T08:00:00Z/2026-09-02T08:00:00Z"]
        with house.store.read() as conn:
            schedule = house.directory.world(conn).schedules["s"]
        assert [override.start.month for override in schedule.overrides] == [7, 9]
        assert {override.made_by for override in schedule.overrides} == {"root"}

    def test_one_that_clashes_with_a_stored_one_is_refused_with_its_place(self, house: House) -> None:
        run(house, self.TEXT)
        other = self.TEXT.replace("2026-07-01T09:00", "2026-07-01T12:00")
        [(path, sentence)] = refused(house, other)
        assert path == "schedules[0].overrides[0]"
        assert "puts bo on call already" in sentence


class TestWaitingIncidents:
    """A change of the directory lets them look again."""

    def test_they_are_due_at_once(self, house: House) -> None:
        more = """
policies: [{name: p, remind: off, steps: [{targets: [{user: zed}]}]}]
services: [{name: s, policy: p}]
integrations: [{name: monitor, kind: generic, service: s}]
"""
        run(house, "version: 1\nusers: [{username: zed}]" + more)
        house.post()
        assert house.paged == []
        house.pass_to(3)
        url = "json://127.0.0.1:9/zed"
        run(house, f'version: 1\nusers: [{{username: zed, contacts: [{{name: push, url: "{url}"}}]}}]')
        assert house.timers == T0 + minutes(3)
        house.pass_to(4)
        assert house.paged == [(3.0, "zed")]


def test_two_applies_at_once_lose_nothing(house: House) -> None:
    import threading

    failures: list[BaseException] = []

    def one(name: str) -> None:
        try:
            run(house, f"version: 1\nusers: [{{username: {name}}}]")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(f"u{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with house.store.read() as conn:
        assert conn.execute(select(func.count()).select_from(users)).scalar_one() == 6
        assert house.directory.world(conn).revision == 6
