"""What senders were promised, held against what a real provider got: accepted, due, delivered, duplicated, lost."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from sqlalchemy import case, func, select

from oncall_tui.clock import SystemClock
from oncall_tui.domain.directory.people import Role
from oncall_tui.ops.config import apply
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.reading import detail
from oncall_tui.ops.reading.incidents.story_rows import PageRow
from oncall_tui.ops.session import Actor, Session
from oncall_tui.settings import load_settings
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.tables import UNFINISHED_PAGE, attempts, events, incidents, pages
from tests.faults.scale import sized
from tests.support.processes import PATIENCE, oncall_environment, wait_until
from tests.support.sinks import Sink

LONG_PATIENCE = sized(PATIENCE, 900.0)  # seconds that everything may take
ENDED = ("delivered", "cancelled")
KEY = "0123456789abcdef0123456789abcdef"
CONFIG = """
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "{ana}", limit: {limit}}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{bo}", limit: {limit}}}]}}
policies:
  - {{name: p, remind: off,
     steps: [{{delay: {delay}, targets: [{{user: ana}}]}}, {{delay: {delay}, targets: [{{user: bo}}]}}]}}
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{key}"}}]
"""


def session_on(url: str) -> Session:
    """A session of root's in this process, with the secret key of the workers under test. Its store is to be closed."""
    store = open_store(url)
    key = oncall_environment(url).get("ONCALL_SECRET_KEY")
    settings = load_settings(flags={"database": url, "secret_key": key}, environ={})
    root = Actor(username=None, role=Role.ADMIN, os_account="root", via="test")
    return Session(store, Directory(store), SystemClock(), root, settings)


def by(session: Session, username: str) -> Session:
    """The same for a responder."""
    return session.as_actor(Actor(username=username, role=Role.RESPONDER, os_account=username, via="test"))


def pages_of(session: Session, number: int) -> tuple[PageRow, ...]:
    """An incident's pages, as every face shows them."""
    return tuple(detail(session, number).pages)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender hears."""

    status: int
    retry_after: str | None
    body: str


class Ledger:
    """Posts alerts of their own keys and keeps which were promised; `settled` holds them against the sink.

    Use it as a context manager.
    """

    def __init__(
        self, url: str, sink: Sink, *, delay: str = "1h", at: str | None = None, limit: str = "9999/1s"
    ) -> None:
        """`delay`: of each of the two steps. `at`: where the sink is reached, `json://HOST:PORT`, if not directly.

        `limit`: of each contact.
        """
        self.url = url
        self.sink = sink
        self.accepted: list[str] = []
        self.session = session_on(url)
        self.store = self.session.store
        ana, bo = (f"{at or sink.apprise_url('')}{path}" for path in ("/ana", "/bo"))
        apply(self.session, CONFIG.format(ana=ana, bo=bo, delay=delay, key=KEY, limit=limit), addresses=False)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    def post(self, address: str, key: str, severity: str = "critical", *, padding: str = "") -> Answer:
        """Post an alert; a 2xx is a promise. Raises OSError or HTTPException when no whole answer came."""
        parts = urlsplit(address)
        link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            body = json.dumps({"title": f"alert {key}", "key": key, "severity": severity, "description": padding})
            link.request("POST", f"/in/generic/{KEY}", body, {"Content-Type": "application/json"})
            answer = link.getresponse()
            told = Answer(answer.status, answer.getheader("Retry-After"), answer.read().decode())
        finally:
            link.close()
        if told.status in range(200, 300):
            self.accepted.append(key)
        return told

    def bring(self, address: str, key: str, severity: str = "critical", *, padding: str = "") -> None:
        """Post an alert as a sender does who is told to come back: until it is taken."""

        def is_taken() -> bool:
            try:
                told = self.post(address, key, severity, padding=padding)
            except (OSError, http.client.HTTPException):
                return False
            assert told.status in (202, 503), told
            return told.status == 202

        wait_until(is_taken, f"{key} to be taken")

    def pages(self) -> dict[str, list[tuple[str, str]]]:
        """Each alert's pages, (id, state), or its digest's id, as the database has them."""
        found: dict[str, list[tuple[str, str]]] = {}
        query = (
            select(incidents.c.dedup_key, func.coalesce(pages.c.digest, pages.c.id), pages.c.state)
            .join(pages, pages.c.number == incidents.c.number, isouter=True)
            .order_by(incidents.c.number, pages.c.seq)
        )
        with self.store.read() as conn:
            for key, page, state in conn.execute(query):
                found.setdefault(key, []).extend([(page, state)] if page else [])
        return found

    def settled(
        self, name: str, *, steps: int = 1, repeats: int | None = None, patience: float = LONG_PATIENCE
    ) -> None:
        """Wait until every promised alert has its delivered pages; print the count; nothing lost, nothing doubled idly.

        `steps`: how many pages each accepted alert must lead to. A page comes again only where an attempt at it is
        known to have failed or to have lost its worker; `repeats`: how many may, where that can be said beforehand.
        """

        def is_over() -> bool:
            with self.store.read() as conn:
                if conn.execute(select(func.count()).select_from(pages).where(UNFINISHED_PAGE)).scalar_one():
                    return False
            made = self.pages()
            # What was taken but never answered, since its worker died, is paged as well.
            open_pages = [page for of_one in made.values() for page, state in of_one if state not in ENDED]
            return not open_pages and all(len(made.get(key, ())) >= steps for key in self.accepted)

        try:
            wait_until(is_over, "every page to be delivered", patience)
        finally:
            lost, duplicated = self._count(name, steps)
        assert lost == 0
        assert repeats is None or duplicated <= repeats
        assert self._without_reason() == []

    def _count(self, name: str, steps: int) -> tuple[int, int]:
        made = self.pages()
        due = [page for of_one in made.values() for page, state in of_one if state != "cancelled"]
        got = Counter(request.page_id for request in self.sink.requests)
        missing = sum(max(0, steps - sum(page in got for page, _ in made.get(key, ()))) for key in self.accepted)
        promised = {page for key in self.accepted for page, _ in made.get(key, ())}
        lost = missing + sum(page not in got for page in due if page not in promised)
        duplicated = sum(got.values()) - len(got)
        kind = urlsplit(self.url).scheme
        states = Counter(state for of_one in made.values() for _, state in of_one if state not in ENDED)
        print(
            f"{name} {kind}: accepted {len(self.accepted)}, due {len(due)}, delivered {len(got)}, "
            f"duplicated {duplicated}, lost {lost}",
            *(f"({count} {state})" for state, count in states.items()),
        )
        return lost, duplicated

    def _without_reason(self) -> list[str]:
        """Messages that came more often than failed attempts, or workers that vanished, explain."""
        got = Counter(request.page_id for request in self.sink.requests)
        failed = case((attempts.c.outcome != "delivered", 1), else_=0)
        tried = select(attempts.c.page_id, func.sum(failed).label("failed")).group_by(attempts.c.page_id).subquery()
        # A digest whose worker vanished has no attempt of its own for it: its pages count the deaths.
        reasons = func.max(func.coalesce(tried.c.failed, 0) + pages.c.faults)
        message = func.coalesce(pages.c.digest, pages.c.id)
        query = select(message, reasons).join(tried, tried.c.page_id == pages.c.id, isouter=True).group_by(message)
        with self.store.read() as conn:
            return [page for page, known in conn.execute(query) if got[page] > 1 + known]


Books = Callable[..., Ledger]
"""Opens a ledger on a database, with the sink of the test."""


def file_of(url: str) -> Path:
    """The file of a SQLite database."""
    return Path(url.removeprefix("sqlite:///"))


def tell_counts(name: str, url: str, sink: Sink) -> None:
    """Print the same of a test that keeps no ledger: a page is lost that is neither delivered nor visibly failed."""
    store = open_store(url)
    with closing(store), store.read() as conn:
        accepted = conn.execute(select(func.count()).select_from(events)).scalar_one()
        sent = func.coalesce(pages.c.digest, pages.c.id)
        made = conn.execute(select(sent, pages.c.state).where(pages.c.state != "cancelled")).all()
    known = {page for page, _ in made}
    got = Counter(request.page_id for request in sink.requests if request.page_id in known)
    lost = [page for page, state in made if page not in got and state == "delivered"]
    failed = sum(state in ("failed", "quarantined") for _, state in made)
    print(
        f"{name} {urlsplit(url).scheme}: accepted {accepted}, due {len(made)}, delivered {len(got)}, "
        f"duplicated {sum(got.values()) - len(got)}, lost {len(lost)} ({failed} failed visibly)"
    )
    assert lost == []
