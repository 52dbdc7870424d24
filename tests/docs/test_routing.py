"""docs/routing.md: its examples are sound, and its tables name what the code knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.matching.looking import FIELDS, OURS, Seen
from oncall_tui.domain.routing.transforming import MOST_TRANSFORMS, plain
from oncall_tui.ops.config import validate
from oncall_tui.ops.routing.transforms import HANGS_IN_A_ROW, MEMORY, PROCESSES, REST_AFTER_HANGS, WITHIN

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text(encoding="utf-8")
EVENT = Event(action=Action.TRIGGER, dedup_key="k", labels={})


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.+?)```", PAGE, flags=re.DOTALL)
    return str(found)


def test_the_example_is_sound() -> None:
    assert [one for one in validate(block("yaml"), addresses=False).warnings if "rules" in one.path] == []


def test_the_transform_does_what_it_says() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)  # the page's own example
    given = plain(Seen(EVENT, "checkout", "prometheus", "generic", {"region": "eu-west-1"}))
    done = names["transform"](given)
    assert (done["severity"], done["labels"]) == ("critical", {"site": "dublin"})


def test_every_key_of_a_transforms_event_is_named() -> None:
    table = PAGE[PAGE.index("| key | meaning |") : PAGE.index("- It runs in a process")]
    assert set(re.findall(r"`(\w+)`", table)) - {"2m"} == set(plain(Seen(EVENT, "s", "i", "k")))


def test_every_field_that_matchers_see_is_named() -> None:
    [fields] = re.findall(r"the event's (.+) \|", PAGE)
    assert tuple(re.findall(r"`(\w+)`", fields)) == FIELDS
    assert all(f"`{name}`" in PAGE for name in OURS)


def test_the_limits_are_those_of_the_code() -> None:
    assert (PROCESSES, WITHIN, MEMORY >> 20, MOST_TRANSFORMS) == (2, 1.0, 512, 8)
    assert (HANGS_IN_A_ROW, REST_AFTER_HANGS) == (3, 30.0)
    for words in (
        "1 s for all events of a post, 512 MiB, two\n  processes",
        "eight transforms",
        "three times in a row",
    ):
        assert words in PAGE
