"""A generic integration's own mapping: payloads of any shape, from the first post on."""

from __future__ import annotations

import json
from pathlib import Path

from tests.intake.housed import PEOPLE, housed

KEY = "m" * 32
CONFIG = f"""{PEOPLE}integrations:
  - name: scada
    kind: generic
    service: checkout
    key: {KEY}
    options: {{mapping: {{title: alarm.text, key: "alarm.tags[0]", action: alarm.phase, severity: "length(alarm.n)"}}}}
"""


def test_fields_are_found_where_the_mapping_says(sqlite_url: str, tmp_path: Path) -> None:
    with housed(sqlite_url, CONFIG, tmp_path) as doors:

        def post(body: object) -> tuple[int, object]:
            answer = doors.ask("POST", f"/in/generic/{KEY}", body=json.dumps(body).encode())
            return answer.status_code, answer.json().get("incident")

        alarm = {"text": "Pump 3 is dry", "tags": ["pump-3"], "phase": "firing", "n": 7}
        assert post({"alarm": alarm}) == (202, 1), "an expression that fails costs a note, never the alert"
        assert (doors.house.column(1, "title"), doors.house.column(1, "dedup_key")) == ("Pump 3 is dry", "pump-3")
        assert post({"alarm": {**alarm, "phase": "ok"}}) == (202, 1)
        assert doors.house.open == []
        assert post({"title": "plain words are read as without it"}) == (202, 2)
        assert post({"alarm": None})[0] == 400
        assert doors.log == []
