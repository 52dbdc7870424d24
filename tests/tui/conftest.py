"""What the terminal's tests share."""

from __future__ import annotations

from tests.support import stylesheets

stylesheets.share_among_applications()
