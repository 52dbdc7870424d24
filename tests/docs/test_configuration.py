"""docs/configuration.md names every key of the schema and no other, and its example is a sound file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from oncall_tui.ops.config import schema, validate

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
TABLES = {
    "The file": "Config",
    "channels": "ChannelEntry",
    "users": "UserEntry",
    "users: contacts": "ContactEntry",
    "users: rules": "RuleEntry",
    "teams": "TeamEntry",
    "users: leave": "LeaveEntry",
    "schedules": "ScheduleEntry",
    "schedules: layers": "LayerEntry",
    "schedules: windows": "WindowEntry",
    "schedules: shifts": "ShiftEntry",
    "schedules: overrides": "OverrideEntry",
    "schedules: temporary": "TemporaryEntry",
    "schedules: handoff": "HandoffEntry",
    "schedules: notices": "ScheduleNoticeEntry",
    "policies": "PolicyEntry",
    "policies: steps": "StepEntry",
    "policies: targets": "TargetEntry",
    "services": "ServiceEntry",
    "services: support_hours": "SupportHoursEntry",
    "integrations": "IntegrationEntry",
    "integrations: rules": "RoutingRuleEntry",
    "rules": "GlobalRuleEntry",
    "integrations: options": "OptionsEntry",
    "heartbeats": "HeartbeatEntry",
    "maintenance": "MaintenanceEntry",
}


def sections() -> dict[str, str]:
    """Each `###` section's text by its title."""
    parts = re.split(r"^### (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


whole_schema = cache(schema)


def described(name: str) -> dict[str, Any]:
    """One object of the schema."""
    whole = whole_schema()
    found: dict[str, Any] = whole if name == "Config" else whole["$defs"][name]
    return found


def rows(title: str) -> dict[str, str]:
    """key → meaning of a section's table."""
    found: dict[str, str] = {}
    for keys, meaning in re.findall(r"^\| (`.+?) \| (.+) \|$", sections()[title], flags=re.MULTILINE):
        found.update(dict.fromkeys(re.findall(r"`(\w+)`", keys), meaning))
    return found


def test_every_object_has_a_section() -> None:
    assert set(whole_schema()["$defs"]) | {"Config"} == set(TABLES.values())
    assert set(sections()) == set(TABLES)


@pytest.mark.parametrize("title", TABLES)
def test_a_section_names_every_key_and_no_other(title: str) -> None:
    assert set(rows(title)) == set(described(TABLES[title])["properties"])


@pytest.mark.parametrize("title", TABLES)
def test_what_is_required_is_said(title: str) -> None:
    required = set(described(TABLES[title]).get("required", ()))
    assert {key for key, meaning in rows(title).items() if meaning.startswith("required")} == required


@pytest.mark.parametrize("title", TABLES)
def test_defaults_are_said(title: str) -> None:
    for key, property_of in described(TABLES[title])["properties"].items():
        default = property_of.get("default")
        if default not in (None, "", [], {}) and key not in ("version",):
            written = str(default).lower() if isinstance(default, bool) else default
            written = f"[{', '.join(default)}]" if isinstance(default, list) else written
            assert f"`{written}`" in rows(title)[key], key


def test_the_example_is_sound() -> None:
    [example] = re.findall(r"```yaml\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert validate(example).warnings == ()


def test_the_schema_allows_no_other_keys() -> None:
    whole = schema()
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert whole["additionalProperties"] is False
    assert all(entry["additionalProperties"] is False for entry in whole["$defs"].values())
