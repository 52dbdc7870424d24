"""Transforms under a real worker: whatever they do, the alert opens its incident, and the timeline says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.ops.reading import detail
from tests.support.house import House
from tests.support.processes import post, wait_until, worker

KEY = "t" * 32
NAMES = ("raises", "hangs", "eats", "rubbish", "packaged")
RULES = "\n".join(f"      - {{name: {name}, match: 'title=\"{name}\"', transform: {name}}}" for name in NAMES)
CONFIG = f"""
version: 1
users: [{{username: ana}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - name: turned
    kind: generic
    service: checkout
    key: "{KEY}"
    rules:
{RULES}
"""
FILES = {
    "raises": "def transform(event):\n    raise KeyError('team')\n",
    "hangs": "def transform(event):\n    while True: pass\n",
    "eats": "def transform(event):\n    held = []\n    while True: held.append(bytearray(64 << 20))\n",
    "rubbish": "def transform(event):\n    return [1, 2]\n",
}
FAILED = "the event goes on as it was: "


def installed(folder: Path) -> Path:
    """A folder of packages with one in it that brings a transform, as an installer leaves it."""
    (folder / "tidy_titles.py").write_text("def tidy(event):\n    return {**event, 'severity': 'critical'}\n")
    about = folder / "tidy_titles-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tidy-titles\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[oncall_tui.transforms]\npackaged = tidy_titles:tidy\n")
    return folder


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def test_the_worst_of_transforms_cost_no_alert(house: House, sqlite_url: str, tmp_path: Path) -> None:
    files, packages = tmp_path / "transforms", tmp_path / "packages"
    files.mkdir()
    packages.mkdir()
    for name, text in FILES.items():
        (files / f"{name}.py").write_text(text)
    env = {"ONCALL_TRANSFORMS": str(files), "PYTHONPATH": str(installed(packages))}
    opened: list[int] = []
    with worker(sqlite_url, tmp_path, env) as running:

        def told(name: str) -> str:
            """What the timeline of a new alert says of its transform; the alert has its incident in any case."""
            status, answer = post(f"{running.address}/in/generic/{KEY}", {"title": name, "key": f"{len(opened)}"})
            assert status == 202
            number = answer["incident"]
            opened.append(number)
            assert house.open[-1] == (number, "triggered")
            return "; ".join(line.text for line in detail(house.session, number).timeline if line.kind == "routed")

        def wait_told(name: str, *whys: str) -> None:
            # Its second may have gone to a process that was still starting, on a busy machine: that is told as well.
            def is_told() -> bool:
                words = told(name)
                return any(why in words for why in whys)

            wait_until(is_told, f"{name} to be told")

        wait_told("packaged", "transform 'packaged' changed severity")
        assert detail(house.session, opened[-1]).incident.severity == "critical"
        wait_told("raises", f"transform 'raises' failed, {FAILED}KeyError: 'team'")
        wait_told("rubbish", f"transform 'rubbish' failed, {FAILED}it returned a list, not a dict")
        # Which of its two bounds it meets first is for the machine to say.
        bounds = ("it used more memory than it may", "it did not answer in time")
        wait_told("eats", *(f"transform 'eats' failed, {FAILED}{bound}" for bound in bounds))
        wait_told("hangs", f"transform 'hangs' failed, {FAILED}it did not answer in time")
        wait_told("packaged", "transform 'packaged' changed severity")
    assert len(house.open) == len(opened)
