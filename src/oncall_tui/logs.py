"""Logs: text or JSON lines on stderr; control characters are made visible, secrets never come this far."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from oncall_tui.domain.plaintext import visible


class TextLines(logging.Formatter):
    """`2026-01-05T09:00:00Z WARNING oncall_tui.worker.parts: …`, one line, a traceback below it if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text that no terminal obeys."""
        line = f"{_at(record)} {record.levelname} {record.name}: {visible(record.getMessage())}"
        return f"{line}\n{_trace(self, record)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and trace if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        row = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["trace"] = _trace(self, record)
        return json.dumps(row, ensure_ascii=True)


def set_up(level: str, form: str) -> None:
    """Send this process's logs to stderr at `level` in the form `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Not Apprise's: its lines are how the sender learns what a provider said, and it keeps them to itself.
    for noisy in ("alembic", "httpx", "asyncio", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    assert record.exc_info is not None
    return "\n".join(visible(line) for line in formatter.formatException(record.exc_info).splitlines())
