"""What only the terminal itself can do: its clipboard, its notifications, its title, its bell.

Every sequence is made here and only of text that `boundary` has made safe. Terminals that don't know one ignore it; a
multiplexer passes it on when it is wrapped (tmux: `allow-passthrough on`).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from oncall_tui.tui.boundary import safe_text

BELL = "\a"
COPIED_AT_MOST = 74_994  # bytes of base64: more than that some terminals drop, others hang on
SHOWN_AT_MOST = 200  # characters of a notification or a title
_ESCAPE = "\x1b"
_END = f"{_ESCAPE}\\"


def copying(text: str, environ: Mapping[str, str]) -> str:
    """OSC 52: put this text on the clipboard of whoever sits at the other end. Empty when it is too long for that."""
    written = base64.b64encode(safe_text(text).encode()).decode()
    return "" if len(written) > COPIED_AT_MOST else wrapped(f"{_ESCAPE}]52;c;{written}{BELL}", environ)


def notifying(text: str, environ: Mapping[str, str]) -> str:
    """OSC 9 and OSC 777: a notification of the desktop behind the terminal, each terminal knowing one of them."""
    words = _plain(text)
    both = f"{_ESCAPE}]9;{words}{BELL}{_ESCAPE}]777;notify;oncall;{words}{BELL}"
    return wrapped(both, environ)


def titled(text: str) -> str:
    """OSC 2: the title of the window."""
    return f"{_ESCAPE}]2;{_plain(text)}{BELL}"


def wrapped(sequence: str, environ: Mapping[str, str]) -> str:
    """The sequence as it gets through the multiplexer that we run in, if any."""
    if environ.get("TMUX"):
        return f"{_ESCAPE}Ptmux;{sequence.replace(_ESCAPE, _ESCAPE * 2)}{_END}"
    if environ.get("TERM", "").startswith("screen"):
        return f"{_ESCAPE}P{sequence}{_END}"
    return sequence


def takes_links(environ: Mapping[str, str]) -> bool:
    """Whether links (OSC 8) may be written: not to terminals known to show the sequence or to stumble over it."""
    term = environ.get("TERM", "")
    return term not in ("", "dumb", "linux", "cons25") and not term.startswith(("vt", "screen.linux", "sun"))


def may_suspend(environ: Mapping[str, str]) -> bool:
    """Whether ctrl+z may stop us: not where sshd was told to run nothing else, or where no shell could go on with us.

    A forced command knows what was asked for by `SSH_ORIGINAL_COMMAND`; without that, it is the session's leader.
    """
    return "SSH_ORIGINAL_COMMAND" not in environ and os.getsid(0) != os.getpid()


def _plain(text: str) -> str:
    """One line; a semicolon would part it into fields."""
    return safe_text(text)[:SHOWN_AT_MOST].replace(";", ",")
