"""The Users tab's keys, on frozen rows."""

from __future__ import annotations

from dataclasses import replace

from oncall_tui.ops.reading.directory_rows import ContactRow
from tests.tui.frozen import NOW, FrozenBackend
from tests.tui.test_app import Driver, opened


def team() -> FrozenBackend:
    """ana with two contacts, the second not verified."""
    backend = FrozenBackend()
    mail = ContactRow(
        name="mail", address="mailto://…", enabled=True, verified=False, limit="10/5m", updates=True,
        last_failure_at=NOW, last_answer="550 no such mailbox",
    )  # fmt: skip
    ana = backend.users[0]
    backend.users = (replace(ana, contacts=(*ana.contacts, mail)), *backend.users[1:])
    return backend


async def at_users(driver: Driver) -> None:
    await driver.press("3")
    await driver.shows("▸   push")


async def test_a_contact_shows_what_it_has_shown_of_itself() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        assert "limit 10/5m" not in driver.screen
        await driver.press("right")
        await driver.shows("▸ ! mail")
        for wanted in ("not verified, failed", "550 no such mailbox", "limit 10/5m, status updates"):
            assert wanted in driver.screen
        await driver.press("right")
        await driver.shows("▸   push")


async def test_t_sends_a_test_and_its_outcome_is_watched() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        await driver.press("right", "t")
        await driver.shows("a test is on its way to ana, mail")
        await driver.shows("ago  pending")
        driver.backend.change_contact("ana", "mail", test="delivered in 0.3 s: 200 OK")
        await driver.shows("delivered in 0.3 s: 200 OK")
        assert driver.backend.acts == [("test", "ana", "mail")]


async def test_v_sends_a_code_and_takes_it() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        await driver.press("right", "v")
        await driver.shows("Verify ana, mail:")
        await driver.press("enter")
        await driver.shows("Code that ana, mail got:")
        await driver.press(*"123456", "enter")
        await driver.shows("ana, mail is verified")
        await driver.hides("not verified")
        assert driver.backend.acts == [("code", "ana", "mail"), ("verify", "ana", "mail", "123456")]


async def test_a_code_that_came_before_can_be_typed_and_a_wrong_one_is_said() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        await driver.press("right", "v", "c")
        await driver.shows("Code that ana, mail got:")
        await driver.press(*"999999", "enter")
        await driver.shows("this is not the code")
        assert driver.backend.acts == [("verify", "ana", "mail", "999999")]
        await driver.press("v", "c", "1", "escape")
        await driver.hides("Code that ana")
        await driver.press("left")
        await driver.shows("▸   push")
        assert len(driver.backend.acts) == 1, "esc sends nothing"


async def test_x_and_space_switch_a_contact() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        await driver.press("x")
        await driver.shows("▸ - push")
        await driver.press("space")
        await driver.shows("▸   push")
        assert driver.backend.acts == [("switch", "ana", "push", False), ("switch", "ana", "push", True)]


async def test_somebody_without_contacts_asks_for_nothing() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        await driver.press("down")
        await driver.shows("this person can't be paged")
        await driver.press("t", "v", "x", "right")
        assert driver.backend.acts == []


async def test_the_keys_are_told() -> None:
    async with opened(team()) as driver:
        await at_users(driver)
        assert "t test" in driver.lines[-1]
        await driver.press("question_mark")
        await driver.shows("send a test to the contact, and watch it arrive")
