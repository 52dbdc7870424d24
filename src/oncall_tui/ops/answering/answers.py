"""What a link shows, and the acts that it allows its reader: those of the terminal, by another way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, LostRace, Refused
from oncall_tui.ops.answering.links import Links, Ticket
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.reading import detail
from oncall_tui.ops.reading.incidents.story import who_is_next
from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
from oncall_tui.ops.session import Actor, Session
from oncall_tui.storage.reading.answering import reader

VIA = "answer page"


class Act(StrEnum):
    """What a reader may do to the incident they were paged for."""

    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A reader's act. `version` is the incident's as they saw it; `sure`: they were asked, and said yes."""

    act: Act
    version: int | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One page's incident as its reader gets to see it; times are UTC instants, `timezone` is the reader's.

    `asks` is the act that waits for a yes, `would_page` whom an escalation would reach. `told` is what the act led to,
    `refusal` why it led to nothing.
    """

    reader: str
    timezone: str
    may_act: bool
    page: str
    expires_at: datetime
    now: datetime
    detail: IncidentDetail
    also_paged: tuple[str, ...]
    asks: Act | None = None
    would_page: tuple[str, ...] = ()
    told: str = ""
    undoable: bool = False
    refusal: Refused | None = None


class Answering:
    """The answer pages of one database."""

    def __init__(self, house: Session, links: Links) -> None:
        """`house` is an open database, whoever is at it: each link acts as the person whom its page was made for."""
        self._house = house
        self._links = links

    def look(self, token: str) -> AnswerView:
        """What the link shows; changes nothing. Raises ForgedLink, ExpiredLink, Forbidden or DatabaseAway."""
        return self._view(*self._enter(token))

    def answer(self, token: str, wish: Wish) -> AnswerView:
        """Do what the reader wants, or ask first: escalating names whom it pages, another's incident is taken over.

        Raises as `look`; an act that is refused is told in the view.
        """
        ticket, session, timezone = self._enter(token)
        try:
            if wish.act is Act.ESCALATE and not (wish.sure and wish.version is not None):
                would_page = who_is_next(session, ticket.number)
                return self._view(ticket, session, timezone, asks=Act.ESCALATE, would_page=would_page)
            told = _do(session, ticket.number, wish)
        except Refused as refusal:
            return self._refused(ticket, session, timezone, wish, refusal)
        return self._view(ticket, session, timezone, told=told, undoable=wish.act is Act.RESOLVE)

    def _refused(self, ticket: Ticket, session: Session, timezone: str, wish: Wish, refusal: Refused) -> AnswerView:
        view = self._view(ticket, session, timezone, refusal=refusal)
        lost = wish.act is Act.ACKNOWLEDGE and isinstance(refusal, LostRace)
        if lost and view.detail.incident.state == "acknowledged":
            return self._view(ticket, session, timezone, refusal=refusal, asks=Act.ACKNOWLEDGE)
        return view

    def _enter(self, token: str) -> tuple[Ticket, Session, str]:
        """The ticket, the database with the page's reader at it, and the reader's zone."""
        ticket = self._links.read(token, self._house.now())
        with self._house.reading() as conn:
            row = reader(conn, ticket.page)
        if row is None:
            raise Forbidden(
                "Nobody is behind this link any more: its page or its reader is gone.", mend="Answer in the terminal."
            )
        actor = Actor(username=row.username, role=Role(row.role), os_account="", via=VIA)
        return ticket, self._house.as_actor(actor), row.timezone or "UTC"

    def _view(  # noqa: PLR0913 - what an answer adds to the page
        self,
        ticket: Ticket,
        session: Session,
        timezone: str,
        *,
        asks: Act | None = None,
        would_page: tuple[str, ...] = (),
        told: str = "",
        undoable: bool = False,
        refusal: Refused | None = None,
    ) -> AnswerView:
        shown = detail(session, ticket.number)
        me = session.actor.name
        others = dict.fromkeys(page.user or page.contact for page in shown.pages if page.user != me)
        return AnswerView(
            reader=me,
            timezone=timezone,
            may_act=session.actor.role is not Role.VIEWER,
            page=ticket.page,
            expires_at=ticket.expires_at,
            now=session.now(),
            detail=shown,
            also_paged=tuple(others),
            asks=asks,
            would_page=would_page,
            told=told,
            undoable=undoable,
            refusal=refusal,
        )


def _do(session: Session, number: int, wish: Wish) -> str:
    """Carry it out by the very acts that keys and commands use; what it led to, in words for a phone."""
    match wish.act:
        case Act.ACKNOWLEDGE:
            acts.acknowledge(session, number, version=wish.version, take_over=wish.sure)
            return "You have it now: paging has stopped."
        case Act.ESCALATE:
            acts.escalate(session, number, version=wish.version)
            return "Escalated: the next step is being paged."
        case Act.RESOLVE:
            acts.resolve(session, number, version=wish.version)
            return "Resolved."
        case Act.UNDO:
            return f"Undone: it is {acts.undo(session, number, version=wish.version).state} again."
