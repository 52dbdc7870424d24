"""Before an SNS message is taken: is it signed by SNS, and is it about its subscription rather than an alert?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from oncall_tui.domain.errors import Refused, Unavailable
from oncall_tui.intake.apis.alertmanager.books import Books
from oncall_tui.intake.apis.sns.certificates import Certificates, NotSigned
from oncall_tui.intake.doors.door import UnknownKey
from oncall_tui.intake.payload.reading import Answer, Post, Stopped, Unusable
from oncall_tui.intake.sources.sns import CONFIRMATION, NOTIFICATION, Envelope, envelope_of
from oncall_tui.ops.integrations.topics import MOST_TOPICS, subscribe
from oncall_tui.storage.statements.intake import topics as rows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """The integration that a post's key opens, and what it was told."""

    name: str
    topics: Sequence[str]
    listed: Sequence[str]


@dataclass(frozen=True, slots=True)
class SnsGate:
    """Lets signed notifications pass, keeps what topics ask for, and stops everything else. `seal` hides addresses."""

    books: Books
    seal: Callable[[str], str]
    certificates: Certificates = field(default_factory=Certificates)

    async def stopped(self, post: Post) -> Stopped | None:
        """None when the post may be taken; else what it is answered. Raises DatabaseAway."""
        envelope = envelope_of(post)
        if isinstance(envelope, Unusable) or not post.key:
            return None  # the door says what is wrong with it
        try:
            known = await self._known(post.key)
        except UnknownKey:
            return None
        stopped = await self._unsigned(envelope, known)
        if stopped is not None or envelope.kind == NOTIFICATION:
            return stopped
        if envelope.kind == CONFIRMATION:
            return await self._asks(envelope, known, post.key)
        await self.books.act(post.key, lambda desk: rows.end(desk.conn, known.name, envelope.topic, desk.now))
        log.warning("sns: topic %s sends nothing to integration %s any more", envelope.topic, known.name)
        return Stopped(Answer(200, {"status": "ended"}))

    async def _unsigned(self, envelope: Envelope, known: _Known) -> Stopped | None:
        """None when the message bears a signature of SNS."""
        clock = self.books.clock
        try:
            await self.certificates.check(envelope, known.listed, clock.now(), clock.monotonic())
        except NotSigned as why:
            return _refused(f"{known.name}: the message is not signed by SNS: {why}")
        except Refused as refused:
            return _refused(f"{known.name}: the certificate of the message can't be had: {refused.sentence}")
        except Unavailable as away:
            log.warning("sns: the certificate of a message can't be had now: %s", away.sentence)
            return _later("the signature can't be checked now; send it again")
        return None

    async def _known(self, key: str) -> _Known:
        integration = await self.books.ask(key, lambda desk: desk.integration)
        options = integration.options
        return _Known(integration.name, options.get("topics", ()), options.get("certificates_from", ()))

    async def _asks(self, envelope: Envelope, known: _Known, key: str) -> Stopped:
        """Keep that a topic wants to be confirmed; one that is on the list is confirmed at once."""
        arn, url = envelope.topic, envelope.text("SubscribeURL")
        sealed = self.seal(url)
        topic = await self.books.act(
            key, lambda desk: rows.asked(desk.conn, known.name, arn, sealed, desk.now, MOST_TOPICS)
        )
        if topic is None:
            return _refused(f"{known.name}: more than {MOST_TOPICS} topics ask to be confirmed")
        if arn not in known.topics:
            log.warning("sns: topic %s waits: oncall integration confirm %s %s", arn, known.name, arn)
            return Stopped(Answer(200, {"status": "waits", "errors": [f"an operator has to confirm {arn}"]}))
        try:
            await asyncio.to_thread(subscribe, url, known.listed, self.certificates.allowed)
        except Refused as refused:
            return _refused(f"{known.name}: topic {arn} was not confirmed: {refused.sentence}")
        except Unavailable as away:
            log.warning("sns: topic %s could not be confirmed now: %s", arn, away.sentence)
            return _later("the subscription can't be confirmed now; send it again")
        await self.books.act(key, lambda desk: rows.confirm(desk.conn, topic, desk.now, "its place on the list"))
        return Stopped(Answer(200, {"status": "confirmed"}))


def _refused(why: str) -> Stopped:
    return Stopped(Answer(403, {"status": "forbidden", "errors": ["the message was not accepted"]}), why)


def _later(why: str) -> Stopped:
    return Stopped(Answer(503, {"status": "unavailable", "errors": [why]}))
