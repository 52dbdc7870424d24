"""Look for secrets in every version of every file that was ever committed. Exceptions stand in `.ci/secrets.toml`."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
LARGEST = 1_000_000


def main() -> int:
    """Print each finding as commit-independent blob, path, line and rule; 1 when there is any."""
    config = tomllib.loads((HERE / "secrets.toml").read_text(encoding="utf-8"))
    rules = {name: re.compile(pattern) for name, pattern in config["rules"].items()}
    allowed = [re.compile(pattern) for pattern in config["allowed"]["matches"]]
    skipped = [re.compile(pattern) for pattern in config["allowed"]["paths"]]
    findings = blobs = 0
    for blob, path in _blobs():
        if any(pattern.search(path) for pattern in skipped):
            continue
        blobs += 1
        text = _content(blob)
        for number, line in enumerate(text.splitlines(), 1):
            for name, rule in rules.items():
                found = rule.search(line)
                if found and not any(pattern.search(found[0]) for pattern in allowed):
                    findings += 1
                    sys.stdout.write(f"{path}:{number}: {name} (blob {blob[:12]})\n")
    sys.stdout.write(f"{blobs} versions of files, {findings} findings\n")
    return 1 if findings else 0


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout


def _blobs() -> list[tuple[str, str]]:
    listed = _git("rev-list", "--objects", "--all").decode().splitlines()
    pairs = [tuple(line.split(" ", 1)) for line in listed if " " in line]
    return [(blob, path) for blob, path in pairs if Path(path).suffix or "/" in path]


def _content(blob: str) -> str:
    if _git("cat-file", "-t", blob).strip() != b"blob":
        return ""
    data = _git("cat-file", "-p", blob)
    return "" if len(data) > LARGEST or b"\x00" in data[:4096] else data.decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main())
