"""What Prometheus may ask us: posts, events and answer times of this process; incidents, pages and workers of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.events import Event
from oncall_tui.ops.figures import Figures

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)


class Metrics:
    """Counts what passes the doors, and asks `figures` for the database's side at each scrape."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._registry = CollectorRegistry()
        self._posts = Counter(
            "oncall_intake_posts", "Posts answered, by dialect and status", ["kind", "status"], registry=self._registry
        )
        self._events = Counter(
            "oncall_intake_events", "Events taken, by dialect and action", ["kind", "action"], registry=self._registry
        )
        self._quiet = Counter(
            "oncall_intake_quiet_events",
            "Events that a rule suppressed or a silence holds back, by dialect and outcome",
            ["kind", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "oncall_intake_answer_seconds",
            "From the first byte of a post to its answer",
            ["kind"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Database(figures))
        self._found: dict[tuple[object, ...], Any] = {}

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """One post was answered with this status, so many seconds after its first byte."""
        self._of(self._posts, kind, str(status)).inc()
        self._of(self._seconds, kind).observe(seconds)

    def taken(self, kind: str, events: Iterable[Event]) -> None:
        """These events are on disk."""
        for event in events:
            self._of(self._events, kind, event.action.value).inc()

    def quiet(self, kind: str, outcome: str) -> None:
        """An event is on disk and opened nothing: suppressed by a rule, or silenced."""
        self._of(self._quiet, kind, outcome).inc()

    def _of(self, family: Counter | Histogram, *labels: str) -> Any:
        """The family's member with these labels, of which there are few: found faster than the family finds it."""
        member = self._found.get((family, *labels))
        if member is None:
            member = self._found[family, *labels] = family.labels(*labels)
        return member

    def text(self) -> bytes:
        """Everything in Prometheus' text format; it reads the database, so call it off the event loop."""
        return generate_latest(self._registry)


class _Database(Collector):
    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("oncall_database_up", "1 while the database answers")
        try:
            figures = self._figures()
        except DatabaseAway:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield _gauge("oncall_incidents_open", "Incidents not resolved", ("state", "severity"), figures.incidents)
        yield _gauge("oncall_pages_waiting", "Pages not finished, by state", ("state",), figures.pages)
        yield _gauge(
            "oncall_page_oldest_overdue_seconds",
            "How long the oldest due page has been waiting to be sent; 0 when none is",
            (),
            {(): figures.oldest_overdue_seconds},
        )
        yield _gauge(
            "oncall_page_oldest_unsent_seconds",
            "How old the oldest page is that nobody got, be it tried in vain or waiting for its digest; 0 when none is",
            (),
            {(): figures.oldest_unsent_seconds},
        )
        yield from _lateness(figures)
        yield from _workers(figures)
        yield from _people(figures)


def _lateness(figures: Figures) -> Iterator[Metric]:
    yield _gauge(
        "oncall_timer_oldest_overdue_seconds",
        "How long the longest due incident has been waiting for the engine; 0 when none is",
        (),
        {(): figures.oldest_timer_overdue_seconds},
    )
    yield _gauge(
        "oncall_page_lag_seconds",
        "From a page being due to its first try, over the last hour",
        ("quantile",),
        figures.lag,
    )
    yield _gauge("oncall_page_lag_pages", "How many pages that lag is of", (), {(): figures.lag_pages})
    mended = CounterMetricFamily("oncall_audit_mended", "Incidents that self-audits had to mend")
    mended.add_metric([], figures.audit_mended)
    yield mended


def _workers(figures: Figures) -> Iterator[Metric]:
    worker = ("worker",)
    yield _gauge("oncall_worker_seen_seconds", "Since a running worker's last sign of life", worker, figures.workers)
    yield _gauge(
        "oncall_worker_looked_seconds",
        "Since a running worker's loop last looked for work, as of its sign of life",
        ("worker", "loop"),
        figures.looked,
    )
    yield _gauge("oncall_audit_seconds", "Since a running worker's last self-audit", worker, figures.audited)
    yield _gauge(
        "oncall_audit_passed", "1 when a running worker's last self-audit was passed", worker, figures.audit_passed
    )
    yield _gauge(
        "oncall_deadman_seconds", "Since a running worker's last dead-man ping that arrived", worker, figures.pinged
    )


def _people(figures: Figures) -> Iterator[Metric]:
    service = ("service",)
    yield _gauge(
        "oncall_incidents_phase", "Incidents not resolved, by where escalation stands", ("phase",), figures.phases
    )
    yield _gauge("oncall_schedule_on_call", "How many people are on call now", ("schedule",), figures.on_call)
    yield _gauge("oncall_incidents_opened", "Incidents opened in the last 7 days", service, figures.opened)
    yield _gauge(
        "oncall_acknowledge_seconds",
        "Mean time to acknowledge (MTTA) of incidents opened in the last 7 days",
        service,
        figures.acknowledge,
    )
    yield _gauge(
        "oncall_resolve_seconds",
        "Mean time to resolve (MTTR) of incidents opened in the last 7 days",
        service,
        figures.resolve,
    )


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
