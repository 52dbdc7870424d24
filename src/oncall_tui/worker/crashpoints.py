"""Places at which a fault test may kill the process, to prove that nothing is lost there.

`ONCALL_CRASH_AT=<name>` makes the process end itself by SIGKILL at that place: no handler, no flush, as a power cut
would. Without the variable nothing happens.
"""

from __future__ import annotations

import os
import signal

AFTER_ACCEPTED = "after-accepted"  # the 2xx has left, nothing else has happened
AFTER_ESCALATION = "after-escalation"  # pages are committed, nothing is claimed
AFTER_CLAIM = "after-claim"  # the lease is committed, nothing is sent
AFTER_SEND = "after-send"  # the provider has answered, nothing is marked
AFTER_NOTICE_SENT = "after-notice-sent"  # the same for a notice

POINTS = (AFTER_ACCEPTED, AFTER_ESCALATION, AFTER_CLAIM, AFTER_SEND, AFTER_NOTICE_SENT)


def armed(name: str) -> bool:
    """Whether the environment says that this is the place."""
    return os.environ.get("ONCALL_CRASH_AT") == name


def passing(name: str) -> None:
    """Die here if the environment says so."""
    if armed(name):
        os.kill(os.getpid(), signal.SIGKILL)
