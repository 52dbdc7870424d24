"""The answer page in a real browser the size of a phone, scripts switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.answer_page.paged import Paged
from tests.support.browser import Chromium

pytestmark = pytest.mark.system("chromium")
LONG = "Checkout answers 5xx for customers in every region since the deploy of this morning " * 4


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Chromium]:
    with Chromium(tmp_path / "profile") as made:
        yield made


@pytest.mark.timeout(180)
def test_a_thumb_acknowledges_escalates_and_resolves(paged: Paged, phone: Chromium) -> None:
    link = paged.burn(LONG)
    phone.open(link)
    assert paged.state() == "triggered"
    assert phone.asked_for == [f"GET {link}"], "the page fetches nothing"
    buttons = phone.boxes("button")
    assert len(buttons) == 3
    for button in buttons:
        assert button.left >= 0 <= button.top, "in view without scrolling"
        assert button.right <= 390
        assert button.bottom <= 844
        assert min(button.width, button.height) >= 44, "a thumb's size"
    assert phone.width == 390, "nothing to scroll sideways"
    assert phone.complaints == []

    phone.tap(buttons[0])
    assert phone.asked_for == [f"POST {link}"]
    assert "You have it now: paging has stopped." in phone.text()
    assert paged.state() == "acknowledged"

    phone.tap(phone.boxes("button")[0])
    assert "Escalating now pages bo." in phone.text()
    assert paged.house.column(1, "step") == 1
    phone.tap(phone.boxes("button")[0])
    assert paged.house.column(1, "step") == 2
    assert paged.state() == "triggered"

    phone.tap(phone.boxes("button")[2])
    assert paged.state() == "resolved"
    assert phone.complaints == []


@pytest.mark.timeout(180)
def test_light_and_dark_follow_the_phone(paged: Paged, phone: Chromium) -> None:
    phone.open(paged.burn())
    pictures = []
    for dark in (False, True):
        phone.dark(dark)
        pictures.append(phone.picture())
    assert pictures[0] != pictures[1]
    assert re.match(b"\x89PNG", pictures[0])


@pytest.mark.timeout(180)
def test_the_smallest_phone_has_all_three_buttons_in_view(paged: Paged, tmp_path: Path) -> None:
    with Chromium(tmp_path / "profile", width=320, height=568) as phone:
        phone.open(paged.burn(LONG))
        assert phone.width == 320
        assert all(box.left >= 0 and box.right <= 320 and box.bottom <= 568 for box in phone.boxes("button"))
