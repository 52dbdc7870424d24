"""The outbox: claim pages under a lease, and write down what their providers answered.

A page is sent at least once. Whoever lost the lease may not mark the page any more; a lease that ran out is sent again
under the same page id and said to be a possible repeat. Several pages to one contact may go out as one message, a
digest, under an id of its own.
"""

from __future__ import annotations

from oncall_tui.ops.delivery.claiming import claim, is_something_due
from oncall_tui.ops.delivery.jobs import Answer, Job, Leased, Providers
from oncall_tui.ops.delivery.recording import record, record_apart, renew

__all__ = [
    "Answer",
    "Job",
    "Leased",
    "Providers",
    "claim",
    "is_something_due",
    "record",
    "record_apart",
    "renew",
]
