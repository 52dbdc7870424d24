"""Build hooks: the version bears the Git SHA it was built from, also in a wheel built from an sdist without Git."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SHA_FILE = "built-from.txt"


def version() -> str:
    """`0.1.0+g1a2b3c4d5e6f`, or `0.1.0` where nobody knows the commit."""
    source = (ROOT / "src/oncall_tui/__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    assert found is not None
    sha = _sha()
    return f"{found[1]}+g{sha}" if sha else found[1]


def _sha() -> str:
    kept = ROOT / SHA_FILE
    if kept.is_file():
        return kept.read_text(encoding="ascii").strip()
    if not (ROOT / ".git").exists():
        return ""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


class CustomBuildHook(BuildHookInterface[Any]):
    """Puts the SHA into the sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's own form
        """Called before each build; `version` is the kind of build."""
        if self.target_name == "sdist" and _sha():
            file = Path(tempfile.mkdtemp()) / SHA_FILE
            file.write_text(_sha(), encoding="ascii")
            build_data["force_include"][str(file)] = SHA_FILE
