"""The dashboard and the alerting rules ask for metrics that a worker has, in words that Prometheus understands."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from oncall_tui.intake.metrics import Metrics
from oncall_tui.ops.figures import Figures

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "monitoring"
DASHBOARD = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))


def asked() -> Iterator[str]:
    """Every expression of both."""
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for group in RULES["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


def told() -> set[str]:
    """The names of all metrics of a worker, as their lines bear them."""
    metrics = Metrics(lambda: Figures(incidents={}, pages={}, oldest_overdue_seconds=0.0, workers={}))
    metrics.answered("generic", 202, 0.001)
    metrics.quiet("generic", "silenced")
    described = set(re.findall(r"^# TYPE (\S+)", metrics.text().decode(), re.MULTILINE))
    sampled = set(re.findall(r"^(oncall\w+)\{", metrics.text().decode(), re.MULTILINE))
    return described | sampled


def test_every_metric_that_is_asked_for_is_told() -> None:
    names = {name for expression in asked() for name in re.findall(r"\boncall_\w+", expression)}
    assert len(names) > 12
    assert names <= told()


@pytest.mark.system("promtool")
def test_prometheus_understands_every_expression(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [{"record": f"panel_{n}", "expr": text} for n, text in enumerate(asked())]
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    for file in (FOLDER / "alerts.yml", tmp_path / "panels.yml"):
        command = ["promtool", "check", "rules", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_panels_have_their_own_place() -> None:
    """No two overlap, and each has an id of its own."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
