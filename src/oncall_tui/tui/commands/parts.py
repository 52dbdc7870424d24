"""Parts of the frame that are made when they are first needed: nobody waits for them at the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from textual.widget import Widget

from oncall_tui.tui.tty.typeahead import TypeaheadApp

P = TypeVar("P", bound=Widget)


class PartedApp(TypeaheadApp):
    """An application whose forms and lists of commands come when they are asked for."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._parts: dict[type[Widget], Widget] = {}

    def use(self, kind: type[P], then: Callable[[P], None]) -> None:
        """Do something with the one part of this kind, which is made first if nobody has used it; keys wait for it."""
        found = self._parts.get(kind)
        if found is not None and found.is_attached:
            then(cast("P", found))
            return
        self.hold_keys()  # they are for the part that comes
        self.call_next(self._make, kind, then)

    async def _make(self, kind: type[P], then: Callable[[P], None]) -> None:
        if kind not in self._parts:
            self._parts[kind] = made = kind()
            await self.mount(made, before="#keys")
        then(cast("P", self._parts[kind]))
        self.release_keys()
