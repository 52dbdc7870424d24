"""Keys are waited for patiently: often while some come, rarely while none does, and a key ends any wait."""

from __future__ import annotations

import os
import selectors
import threading
from collections.abc import Iterator

import pytest

from oncall_tui.tui.tty import patience
from oncall_tui.tui.tty.patience import IN_VAIN, PatientSelector


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_key_ends_a_long_wait_and_begins_short_ones(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 60.0)
    reads, writes = pipe
    with PatientSelector() as selector:
        selector.register(reads, selectors.EVENT_READ)
        for _ in range(2):
            assert [selector.select(0) for _ in range(IN_VAIN)] == [[]] * IN_VAIN, "so many are short"
            key = threading.Timer(0.05, os.write, (writes, b"j"))
            key.start()
            ((found, _),) = selector.select(0)  # asked to look only, it waits for the key
            key.join()
            assert found.fd == reads
            assert os.read(reads, 10) == b"j"
