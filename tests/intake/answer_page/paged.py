"""What the tests of the answer page share: a paged responder, and a reader of its forms as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from oncall_tui.ops.answering import Links
from tests.support.house import House

CONFIG = """
version: 1
users:
  - {username: ana, timezone: Europe/Lisbon, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
policies:
  - {name: ladder, remind: off, steps: [{delay: 15m, targets: [{user: ana}, {user: cy}]},
                                        {delay: 15m, targets: [{user: bo}]}]}
teams: [{name: payments, members: [ana]}]
services: [{name: checkout, policy: ladder, team: payments}]
integrations: [{name: monitor, kind: generic, service: checkout}]
"""


@dataclass
class Form:
    """The one form of a page: its hidden fields and its buttons, by the words on them."""

    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self._button: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert known == {"method": "post"}, "it posts to the page's own address, whatever stands before it"
        if tag == "input":
            self.form.hidden[known["name"]] = known["value"]
        if tag == "button":
            self._button = {known["name"]: known["value"]}

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.form.buttons[data] = self._button
            self._button = None


@dataclass
class Paged:
    """A database in which #1 is opened by `burn`, and a client at its listener."""

    house: House
    http: httpx.Client
    links: Links

    def burn(self, title: str = "5xx") -> str:
        """Open an incident and page for it; the link of ana's page."""
        self.house.post(title=title, key=title)
        for job in self.house.claimed():
            self.house.answer(job)
        return self.link("ana", self.house.open[-1][0])

    def link(self, username: str, number: int = 1) -> str:
        """A fresh link of a user's latest page."""
        from sqlalchemy import func, select

        from oncall_tui.storage.tables import pages

        with self.house.store.read() as conn:
            query = select(func.max(pages.c.seq)).where(pages.c.number == number, pages.c.username == username)
            seq = conn.execute(query).scalar_one()
        link = self.links.link(number, seq, self.house.clock.now())
        assert link is not None
        return link

    def state(self, number: int = 1) -> object:
        """The incident's state."""
        return self.house.column(number, "state")


def form_of(answer: httpx.Response) -> Form:
    """The form of a page."""
    reader = _Reader()
    reader.feed(answer.text)
    return reader.form


def press(http: httpx.Client, link: str, words: str, seen: httpx.Response | None = None) -> httpx.Response:
    """Press a button of the page as it is now, or as it was when `seen`."""
    form = form_of(seen or http.get(link))
    return http.post(link, data={**form.hidden, **form.buttons[words]})
