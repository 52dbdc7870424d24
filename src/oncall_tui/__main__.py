"""`python -m oncall_tui` is `oncall`."""

from __future__ import annotations

from oncall_tui.cli import main

if __name__ == "__main__":
    main()
