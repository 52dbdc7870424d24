"""A code goes out to a contact, and comes back from its person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Refused, Unknown
from oncall_tui.ops.contacts.verifying import send_code, verify
from oncall_tui.storage.tables import audit, contact_codes, contact_methods, notices
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}, {name: mail, url: "json://127.0.0.1:9/mail"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        with made.store.write() as conn:
            conn.execute(update(contact_methods).values(verified_at=None))
        yield made


def codes(house: House) -> list[str]:
    """The codes on their way, oldest first."""
    with house.store.read() as conn:
        bodies = conn.execute(select(notices.c.subject).order_by(notices.c.id)).scalars()
        found = [re.match(r"(\d{6}) is your oncall code", subject) for subject in bodies]
        return [one[1] for one in found if one is not None]


def verified(house: House) -> list[bool]:
    with house.store.read() as conn:
        return [at is not None for at in conn.execute(select(contact_methods.c.verified_at).order_by("id")).scalars()]


def other(code: str) -> str:
    """A code that it is not."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_that_was_sent_verifies_this_contact_alone(house: House) -> None:
    ana = house.as_user("ana")
    sent = send_code(ana, "ana", "push")
    assert sent.until == T0 + minutes(15)
    (code,) = codes(house)
    verify(ana, "ana", "push", f" {code[:3]} {code[3:]} ")
    assert verified(house) == [True, False, False]
    with pytest.raises(Invalid, match="no code was sent"):
        verify(ana, "ana", "push", code)


def test_a_code_is_of_one_contact(house: House) -> None:
    ana = house.as_user("ana")
    send_code(ana, "ana", "push")
    send_code(ana, "ana", "mail")
    push, mail = codes(house)
    if push != mail:
        with pytest.raises(Invalid, match="not the code"):
            verify(ana, "ana", "push", mail)
    verify(ana, "ana", "push", push)


def test_nothing_at_rest_tells_the_code(house: House) -> None:
    send_code(house.as_user("ana"), "ana", "push")
    (code,) = codes(house)
    with house.store.read() as conn:
        kept = conn.execute(select(contact_codes.c.digest)).scalar_one()
        noted = " ".join(conn.execute(select(audit.c.text)).scalars())
    assert code not in kept
    assert code not in noted
    house.clock.move(timedelta(seconds=31))
    send_code(house.as_user("ana"), "ana", "push")
    assert len(codes(house)) == 1, "the old one is wiped out of what waited to be sent"
    with house.store.read() as conn:
        assert conn.execute(select(contact_codes.c.digest)).scalar_one() != kept


def test_five_wrong_guesses_and_the_code_is_gone(house: House) -> None:
    ana = house.as_user("ana")
    send_code(ana, "ana", "push")
    (code,) = codes(house)
    for left in ("4 guesses are left", "3 guesses are left", "2 guesses are left", "one guess is left"):
        with pytest.raises(Invalid, match="not the code") as refused:
            verify(ana, "ana", "push", other(code))
        assert refused.value.mend == left
    with pytest.raises(Invalid, match="last guess"):
        verify(ana, "ana", "push", other(code))
    with pytest.raises(Invalid, match="no code was sent"):
        verify(ana, "ana", "push", code)
    assert verified(house) == [False, False, False]


def test_guessing_fast_brings_no_code_any_sooner(house: House) -> None:
    ana = house.as_user("ana")
    send_code(ana, "ana", "push")
    (code,) = codes(house)
    for _ in range(5):
        with pytest.raises(Invalid):
            verify(ana, "ana", "push", other(code))
    with pytest.raises(Refused, match="just now"):
        send_code(ana, "ana", "push")
    house.clock.move(timedelta(seconds=30))
    send_code(ana, "ana", "push")
    verify(ana, "ana", "push", codes(house)[-1])
    assert verified(house) == [True, False, False]


def test_a_code_holds_for_fifteen_minutes(house: House) -> None:
    ana = house.as_user("ana")
    send_code(ana, "ana", "push")
    send_code(ana, "ana", "mail")
    push, mail = codes(house)
    house.clock.set(T0 + minutes(15) - timedelta(microseconds=1))
    verify(ana, "ana", "push", push)
    house.clock.set(T0 + minutes(15))
    with pytest.raises(Invalid, match="older than 15 minutes"):
        verify(ana, "ana", "mail", mail)


def test_a_new_code_replaces_the_old_one_and_comes_not_too_soon(house: House) -> None:
    ana = house.as_user("ana")
    send_code(ana, "ana", "push")
    with pytest.raises(Refused, match="just now"):
        send_code(ana, "ana", "push")
    (old,) = codes(house)
    house.clock.move(timedelta(seconds=30))
    send_code(ana, "ana", "push")
    (new,) = codes(house)
    with house.store.read() as conn:
        states = conn.execute(select(notices.c.state).order_by(notices.c.id)).scalars().all()
    assert states == ["given up", "pending"], "the old one is not sent any more"
    if old != new:
        with pytest.raises(Invalid):
            verify(ana, "ana", "push", old)
    verify(ana, "ana", "push", new)


def test_others_verify_nothing(house: House) -> None:
    with pytest.raises(Forbidden):
        send_code(house.as_user("bo"), "ana", "push")
    send_code(house.as_user("ana"), "ana", "push")
    (code,) = codes(house)
    with pytest.raises(Forbidden):
        verify(house.as_user("bo"), "ana", "push", code)
    verify(house.as_user("bo", Role.ADMIN), "ana", "push", code)
    with pytest.raises(Unknown):
        send_code(house.as_user("ana"), "ana", "pager")
