"""Waiting for keys at hardly any cost: the framework looks ten times a second whether one came, and wakes for that."""

from __future__ import annotations

import selectors
from collections.abc import Sequence
from types import SimpleNamespace

from textual.drivers import linux_driver

IN_VAIN = 20  # looks without a key, two seconds: after so many no Esc waits to become a key, and nobody is just leaving
SECONDS = 0.5  # between two looks from then on; a key ends each at once, and SIGTERM waits no longer than that


class PatientSelector(selectors.SelectSelector):
    """Looks as often as it is asked to while keys come, and rarely while none does."""

    _in_vain = 0

    def select(self, timeout: float | None = None) -> Sequence[tuple[selectors.SelectorKey, int]]:  # type: ignore[override]  # a list is one
        found = super().select(SECONDS if self._in_vain >= IN_VAIN else timeout)
        self._in_vain = 0 if found else self._in_vain + 1
        return found


def wait_patiently() -> None:
    """Have the framework wait for keys so, from its start on."""
    known = SimpleNamespace(SelectSelector=PatientSelector, EVENT_READ=selectors.EVENT_READ)
    linux_driver.selectors = known  # type: ignore[attr-defined,assignment]  # all that the driver takes of that module
