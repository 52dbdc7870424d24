"""A terminal that went away ends the program, also where nobody sends SIGHUP for it.

Without a terminal the framework's input loop would turn for ever, at a whole processor.
"""

from __future__ import annotations

import os
import select
import signal
import threading

HUNG_UP = 128 + signal.SIGHUP  # a shell's word for it


def end_when_the_terminal_is_gone(terminal: int) -> None:
    """Watch the terminal's file descriptor, at no cost, and end this process by SIGHUP when it hangs up."""
    threading.Thread(target=_watch, args=(terminal,), name="hangup", daemon=True).start()


def _watch(terminal: int) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # no event but those that always come: hang-up and error
    poll.poll(None)
    os.kill(os.getpid(), signal.SIGHUP)
    os._exit(HUNG_UP)  # where SIGHUP is ignored, as nohup does
