"""Keys one at a time: each is done with, its change of focus included, before the next one is looked at.

A slow line delivers several keys at once. The framework would hand them all to what had the focus when the first came:
of `/` and `a`, typed fast, the second would acknowledge an incident instead of becoming a letter of the filter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cache

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from oncall_tui.tui.tty.thrift import ThriftyApp

_ROUNDS = 2  # a key travels up from the focused widget; what a view then asks for travels once more
_AT_ONCE = ("ctrl+q",)  # the way out waits for nothing


class TypeaheadApp(ThriftyApp):
    """An application that can be typed ahead of."""

    class Passed(Message):
        """Sent after a key along its way: once this is here, so was the key."""

        def __init__(self, rounds: int) -> None:
            super().__init__()
            self.rounds = rounds

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._keys_to_take: deque[events.Key] = deque()
        self._taking_key = False
        self._holding = 0
        self._rounds = _ROUNDS

    def hold_keys(self) -> None:
        """Let keys wait until what they are for is there."""
        self._holding += 1

    def release_keys(self) -> None:
        """Look at the keys that waited."""
        self._holding -= 1
        self.call_later(self._take_next)

    def hold_keys_for(self, seconds: float) -> Callable[[], None]:
        """Let keys wait for an answer that is on its way, so long at most; what is returned ends it sooner."""
        holding = [True]

        def release() -> None:
            if holding:
                holding.clear()
                self._holding -= 1
                if not self._taking_key:  # what the answer asks for travels to the application first
                    self._taking_key = True
                    self._follow(_ROUNDS)

        self.hold_keys()
        self.set_timer(seconds, release)
        return release

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded and event.key not in _AT_ONCE:
            self._keys_to_take.append(event)
            await self._take_next()
            return
        await super().on_event(event)

    async def take_key(self, event: events.Key) -> None:
        """Do what a key stands for; the next one comes when this one has arrived everywhere."""
        if self.app_focus and self._is_read_by_nobody():
            self._rounds = 1  # it has arrived
            if not await self._check_bindings(event.key, priority=True):
                await self._on_key(event)
            self.paint()
        else:
            await super().on_event(event)

    def _is_read_by_nobody(self) -> bool:
        """Whether on its way from the focused widget up to here a key would meet only what is bound to it."""
        focused = self.focused
        return focused is not None and not any(_reads_keys(type(node)) for node in focused.ancestors_with_self)

    async def _take_next(self) -> None:
        if self._taking_key or self._holding or not self._keys_to_take:
            return
        self._taking_key, self._rounds = True, _ROUNDS
        await self.take_key(self._keys_to_take.popleft())
        self._follow(self._rounds)

    def _follow(self, rounds: int) -> None:
        way = self.focused or (self.screen if self.screen_stack else None)
        if way is None or not way.post_message(self.Passed(rounds)):
            self.call_later(self._arrived)

    def on_typeahead_app_passed(self, message: Passed) -> None:
        if message.rounds > 1:
            self._follow(message.rounds - 1)
        else:
            self.call_later(self._arrived)  # behind the changes of focus, which wait there as well

    async def _arrived(self) -> None:
        self._taking_key = False
        await self._take_next()


@cache
def _reads_keys(kind: type[DOMNode]) -> bool:
    """Whether such a node looks at keys itself. Screens do at one: it ends a selection by mouse, which nothing has."""
    if issubclass(kind, App | Screen):
        return False
    if any(name.startswith(("key_", "_key_")) for name in dir(kind)):
        return True
    own = kind.__mro__[: kind.__mro__.index(Widget)]
    return any(name in vars(base) for base in own for name in ("on_key", "_on_key"))
