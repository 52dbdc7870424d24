"""Frozen rows of the tabs that show services, figures and the house itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.insights import Interruption, Past, by_person, by_service, overall
from oncall_tui.ops.reading.estate import BeatCard, Estate, SenderCard, ServiceCard, SilenceCard, WindowCard
from oncall_tui.ops.reading.house import Change, Delivery, House
from oncall_tui.ops.reading.notices import NoticeRow
from oncall_tui.ops.reading.past import Insights
from oncall_tui.ops.reading.rows import WorkerRow
from oncall_tui.ops.watching.lag import Lag
from oncall_tui.ops.watching.reading import Watching
from oncall_tui.storage.statements.intake.rejected import RejectedRow

NOW = datetime(2026, 3, 1, 10, 3, 11, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


def _ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


ESTATE = Estate(
    services=(
        ServiceCard(
            name="checkout",
            description="takes the money",
            team="payments",
            policies=("payments",),
            healthy=False,
            open_incidents=1,
            integrations=(
                SenderCard("prometheus", "alertmanager", True, "1 key"),
                SenderCard("old-nagios", "nagios", False, "no valid key"),
            ),
            heartbeats=(BeatCard("nightly-backup", "every 1d, grace 1h", "late", True, _ago(hours=27)),),
            maintenance=(WindowCard("patching", NOW + timedelta(hours=3), NOW + timedelta(hours=5), False),),
        ),
        ServiceCard(
            name="edge",
            description="",
            team=None,
            policies=(),
            healthy=True,
            open_incidents=0,
            integrations=(),
            heartbeats=(),
            maintenance=(WindowCard("move", _ago(hours=1), NOW + timedelta(hours=1), True),),
        ),
    ),
    silences=(SilenceCard(name="1", matchers='team="lab"', end=NOW + timedelta(hours=2), comment="load test"),),
)

_PAST = [
    Past(
        number=number,
        service=service,
        title=title,
        opened_at=_ago(days=day, hours=2),
        acknowledged_at=_ago(days=day, hours=2) + timedelta(minutes=minutes),
        resolved_at=_ago(days=day, hours=2) + timedelta(minutes=5 * minutes) if day else None,
    )
    for number, (service, title, day, minutes) in enumerate(
        [
            ("checkout", "Checkout 5xx above 5 %", 0, 3),
            ("checkout", "Checkout 5xx above 5 %", 2, 5),
            ("checkout", "Queue is long", 9, 1),
            ("edge", "Certificate expires", 11, 40),
        ],
        1,
    )
]
INSIGHTS = Insights(
    since=_ago(days=28),
    until=NOW,
    all=overall(_PAST),
    services=by_service(_PAST),
    people=by_person(
        [
            Interruption(user="ana", number=1, at=_ago(hours=2), zone=LISBON),
            Interruption(user="ana", number=3, at=_ago(days=9, hours=7), zone=LISBON),
            Interruption(user="bo", number=2, at=_ago(days=2, hours=24), zone=LISBON),
        ]
    ),
)

HOUSE = House(
    watching=Watching(
        at=NOW,
        lag=Lag(pages=12, p50=0.1, p99=0.4),
        oldest_unsent_at=None,
        alarms=(),
        mended=0,
        workers=(
            WorkerRow(
                id="w1",
                host="box",
                pid=4711,
                version="0.1.0",
                started_at=_ago(days=2),
                seen_at=_ago(seconds=3),
                engine_looked_at=_ago(seconds=3),
                delivery_looked_at=_ago(seconds=3),
                audited_at=_ago(seconds=30),
                audit="",
                mended=0,
                pinged_at=None,
                ping_failure="",
            ),
        ),
    ),
    red=(),
    deliveries=(
        Delivery(
            page="412-1",
            number=412,
            user="ana",
            contact="push",
            state="delivered",
            at=_ago(minutes=2),
            tries=1,
            answer="200",
            took=timedelta(seconds=0.4),
        ),
        Delivery(
            page="412-2",
            number=412,
            user="ana",
            contact="phone",
            state="pending",
            at=_ago(minutes=1),
            tries=2,
            answer="no answer from provider",
            took=None,
        ),
    ),
    rejected=(RejectedRow(1, _ago(minutes=30), "192.0.2.7", "/in/generic/abcd…", "unknown key", '{"title": "hi"}'),),
    notices=(
        NoticeRow(
            number=1,
            kind="shift_begins",
            user="ana",
            contact="push",
            channel=None,
            subject="You are on call in payments-primary",
            body="",
            state="delivered",
            created_at=_ago(hours=1),
            due_at=_ago(hours=1),
            expires_at=NOW,
            finished_at=_ago(hours=1),
            tries=1,
        ),
    ),
    changes=(Change(_ago(days=1), "ana", "cli", "config.apply", "config", "applied oncall.yaml"),),
)
