"""Every key of the registry is bound where the registry says; what a keymap of one's own may not say is told."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from textual.dom import DOMNode

from oncall_tui.clock import ManualClock
from oncall_tui.ops.verbs import BY_ID, VERBS, Scope, Verb
from oncall_tui.settings import THEMES
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.commands.keys import KeyNames, keymap_problems, textual_keys
from oncall_tui.tui.palette import BY_THEME, hex_of
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.schedules.editor.widget import Editor
from oncall_tui.tui.tty.terminal import may_suspend
from oncall_tui.tui.views.incidents import IncidentsView
from oncall_tui.tui.views.schedule import ScheduleView
from oncall_tui.tui.views.users import UsersView
from oncall_tui.tui.widgets.list import CursorList, ScrollLines
from tests.tui.frozen import NOW, FrozenBackend
from tests.tui.test_app import Driver, opened

PLACES: dict[Scope, tuple[type[DOMNode], ...]] = {
    Scope.ANYWHERE: (OncallApp, CursorList, ScrollLines),
    Scope.INCIDENTS: (IncidentsView,),
    Scope.SCHEDULE: (ScheduleView,),
    Scope.USERS: (UsersView,),
}
IN_THE_EDITOR = "schedule.delete_schedule"  # a key of the editor, which takes its letters itself


def bound(place: type[DOMNode]) -> Iterator[str]:
    """The keys that a class binds or inherits."""
    for one in place.__mro__:
        for binding in one.__dict__.get("BINDINGS", ()):
            yield from (key.strip() for key in binding.key.split(","))


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.id != IN_THE_EDITOR], ids=lambda verb: verb.id)
def test_every_key_of_the_registry_is_bound_in_its_place(verb: Verb) -> None:
    known = {key for place in PLACES.get(verb.scope, ()) for key in bound(place)}
    assert set(textual_keys(verb.keys).split(",")) - {""} <= known


def test_the_key_of_the_editor_is_its_own() -> None:
    from oncall_tui.tui.schedules.editor import widget

    assert set(BY_ID[IN_THE_EDITOR].keys) <= {key for key, _ in widget.KEYS} | set(bound(Editor))


def test_nothing_in_a_view_has_a_key_that_the_registry_does_not_know() -> None:
    known = {key for verb in VERBS for key in textual_keys(verb.keys).split(",")}
    for places in PLACES.values():
        for place in places:
            own = {key for one in place.__mro__ if one.__module__.startswith("oncall_tui") for key in bound_by(one)}
            assert own - known <= {"tab", "enter"}, place


def bound_by(one: type) -> Iterator[str]:
    """The keys that this very class binds."""
    for binding in one.__dict__.get("BINDINGS", ()):
        yield from (key.strip() for key in binding.key.split(","))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, []),
        ({"ack": "ctrl+k", "snooze": "z, f2"}, []),
        ({"frobnicate": "x"}, ["there is no command 'frobnicate'"]),
        ({"ack": "e"}, ["e means both ack and escalate"]),
        ({"ack": "e", "escalate": "a"}, []),
        ({"ack": "f2", "escalate": "f2"}, ["f2 means both ack and escalate"]),
        ({"ack": "question_mark"}, ["question_mark means both ack and help"]),
        ({"ack": " , "}, ["ack has no key left"]),
        ({"test": "a"}, []),
        ({"now": "g"}, []),
        ({"ack": "alt+k"}, ["alt+k is two keys, esc and k"]),
        ({"override": "f3"}, ["the keys of override stay as they are"]),
    ],
)
def test_what_is_wrong_with_a_keymap(wanted: dict[str, str], said: list[str]) -> None:
    assert keymap_problems(wanted) == said


async def test_a_wrong_keymap_is_told_once_and_the_rest_of_it_works() -> None:
    backend = FrozenBackend()
    keys = {"ack": "ctrl+k", "frobnicate": "x", "down": "ctrl+j"}
    app = OncallApp(backend, clock=ManualClock(NOW), ticking=False, keymap=keys)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, backend, ManualClock(NOW))
        await driver.shows("in the keymap: there is no command 'frobnicate'")
        await driver.shows("disk [/var/log] full")
        await driver.press("escape")
        await driver.hides("in the keymap")
        await driver.press("ctrl+j", "ctrl+k")
        await driver.until(lambda: backend.acts, "the act on the second row")
        assert backend.acts == [("acknowledge", ((411, 1),), False)]


async def test_a_keymap_is_what_the_key_line_the_help_and_the_palette_go_by() -> None:
    backend = FrozenBackend()
    keys = {"ack": "ctrl+k", "select": "f5", "help": "f1", "take": "f6", "new": "question_mark"}
    app = OncallApp(backend, clock=ManualClock(NOW), ticking=False, keymap=keys)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, backend, ManualClock(NOW))
        await driver.shows("disk [/var/log] full")
        assert " ctrl+k ack  e escalate" in driver.lines[-1]
        assert driver.lines[-1].endswith("n note  f1 help"), "however little room its own keys leave"
        await driver.press("colon", *"select", "enter")
        await driver.shows("1 selected")
        await driver.press("escape", "f1")
        await driver.shows("ctrl+k        acknowledge: it is yours")
        await driver.press("escape", "2")
        await driver.shows("f6 take")
    assert KeyNames(keys).of(BY_ID["incident.new"]) == ("?",)


@pytest.mark.parametrize("size", [(59, 15), (60, 14), (40, 10), (20, 5)])
async def test_where_there_is_no_room_it_says_so_and_nobody_acts_unseen(size: tuple[int, int]) -> None:
    async with opened(size=(80, 24)) as driver:
        await driver.pilot.resize_terminal(*size)
        await driver.shows("too small")
        assert "412" not in driver.screen
        await driver.press("a", "r", "enter", "3", "question_mark")
        await driver.pilot.resize_terminal(60, 15)
        await driver.shows("disk [/var/log]")
        assert driver.backend.acts == []
        await driver.until(lambda: len(driver.lines) == 15, "the smaller screen whole")
        await driver.pilot.resize_terminal(*size)
        await driver.shows("q quits")
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running or driver.app._exit, "the end")


@pytest.mark.unmeasured
async def test_nothing_breaks_at_any_size() -> None:
    async with opened(size=(80, 24)) as driver:
        for key in ("1", "2", "3", "4", "5", "6", "7", "question_mark", "colon"):
            await driver.press("escape", key)
            for size in ((20, 5), (60, 15), (200, 60), (1, 1), (80, 24)):
                await driver.pilot.resize_terminal(*size)
                await driver.pilot.pause(0)
            await driver.shows("worker ok")


def test_every_theme_has_a_palette_with_every_tone() -> None:
    assert tuple(BY_THEME) == THEMES
    assert all(set(palette.tones) == set(Tone) for palette in BY_THEME.values())
    assert (hex_of(16), hex_of(231), hex_of(234), hex_of(80)) == ("#000000", "#ffffff", "#1c1c1c", "#5fd7d7")


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours."""

    def light(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("theme", "least"), [("dark", 4.5), ("light", 4.5), ("high-contrast", 7), ("colour-blind", 4.5)]
)
def test_what_is_painted_can_be_read(theme: str, least: float) -> None:
    palette = BY_THEME[theme]
    for style in (*palette.tones.values(), palette.cursor, palette.stale):
        assert style.color is not None
        assert style.bgcolor is not None
        assert contrast(hex_of(style.color.number or 0), hex_of(style.bgcolor.number or 0)) >= least, (theme, style)


@pytest.mark.parametrize("theme", THEMES)
async def test_a_theme_paints_every_cell_on_its_own_ground(theme: str) -> None:
    app = OncallApp(FrozenBackend(), clock=ManualClock(NOW), ticking=False, theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, FrozenBackend(), ManualClock(NOW))
        await driver.shows("disk [/var/log] full")
        wanted = BY_THEME[theme].tones[Tone.PLAIN].bgcolor
        strips = app.screen._compositor.render_strips()
        if wanted is not None:
            ground = {segment.style.bgcolor for strip in strips for segment in strip if segment.style}
            named = {colour.name for colour in ground if colour is not None}
            cursor = BY_THEME[theme].cursor.bgcolor
            assert cursor is not None
            assert named <= {wanted.name, cursor.name, hex_of(wanted.number or 0)}


async def test_no_color_wins_over_a_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = OncallApp(FrozenBackend(), clock=ManualClock(NOW), ticking=False, theme="dark")
    async with app.run_test(size=(80, 24)) as pilot:
        driver = Driver(app, pilot, FrozenBackend(), ManualClock(NOW))
        await driver.shows("disk [/var/log] full")
        assert app.palette is BY_THEME["mono"]


def test_nothing_stops_us_where_sshd_runs_nothing_else() -> None:
    assert not may_suspend({"SSH_ORIGINAL_COMMAND": "shell"})
    assert may_suspend({}) == (os.getsid(0) != os.getpid())


async def test_ctrl_z_says_that_there_is_no_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", "")
    async with opened() as driver:
        await driver.press("ctrl+z")
        await driver.shows("no shell behind this terminal")
