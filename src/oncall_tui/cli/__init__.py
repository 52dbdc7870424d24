"""The command line: `oncall`. A verb's module is loaded when it is called; heavy imports wait inside its function."""

from oncall_tui.cli.root import main

__all__ = ["main"]
