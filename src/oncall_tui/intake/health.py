"""Does the process live, can it page, and its numbers: /healthz, /readyz and /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.intake.metrics import CONTENT_TYPE, Metrics
from oncall_tui.intake.wire import responses

ANSWER_WITHIN = 2.0  # seconds

Ailments = Callable[[], Sequence[str]]
"""What keeps this process from paging right now, in words; empty when nothing does. It may block."""


async def healthz(_request: Request) -> Response:
    """200 as long as the process can answer at all: a supervisor restarts it when it can't."""
    return responses.answer(200, {"status": "ok"})


@dataclass(frozen=True, slots=True)
class Health:
    """The answers that need the rest of the process."""

    ailments: Ailments
    metrics: Metrics

    async def readyz(self, _request: Request) -> Response:
        """200 when an event can be taken and its page can go out; else 503 with every reason."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                reasons = list(await asyncio.to_thread(self.ailments))
        except TimeoutError:
            reasons = [f"the parts did not answer within {ANSWER_WITHIN:g} s"]
        if reasons:
            return responses.answer(503, {"status": "unready", "reasons": reasons})
        return responses.answer(200, {"status": "ready", "reasons": []})

    async def scrape(self, _request: Request) -> Response:
        """The numbers in Prometheus' text format."""
        return responses.text(200, await asyncio.to_thread(self.metrics.text), CONTENT_TYPE)
