"""Payloads that an operator wrote as a template: names in any spelling, and macros that nobody filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from oncall_tui.intake.payload.decoding import shown

_UNFILLED = re.compile(
    r"""\{[#$]?[A-Z][\w.:"?<>=-]*\}(?:\d)?   # {EVENT.ID}, {$MACRO}, {#LLD}
    | \{\{.*\}\}                              # {{ value }}
    | \$[A-Za-z_][\w.:]*\$?                   # $ALERT_ID, $HOSTNAME$, $host.name$
    | \$\{[\w.:]+\}                           # ${NAME}
    | \*UNKNOWN\*                             # Zabbix's own word for a macro without a value""",
    re.VERBOSE,
)
FIELDS_LOOKED_AT = 1_000  # no template has more; who sends a hundred thousand means harm
_PARTING = re.compile(r"[\W_]+")


def is_unfilled(value: object) -> bool:
    """Whether the value is nothing but a macro that its sender did not know."""
    return isinstance(value, str) and _UNFILLED.fullmatch(value.strip()) is not None


def folded(fields: Mapping[str, object]) -> dict[str, Any]:
    """The fields by bare names, `hostname` for HOSTNAME, host_name and host.name; unfilled macros count as absent.

    Objects stay under their own name and lend their fields under both: {"host": {"name": …}} has `hostname`, too.
    """
    found: dict[str, Any] = {}
    for name, value in islice(fields.items(), FIELDS_LOOKED_AT):
        bare = bare_name(name)
        if value is None or is_unfilled(value):
            continue
        if isinstance(value, dict):
            for inner, one in value.items():
                if one is not None and not is_unfilled(one) and not isinstance(one, dict):
                    found.setdefault(f"{bare}{bare_name(inner)}", one)
        found[bare] = value
    return found


def bare_name(name: str) -> str:
    """A field's name in lower case, without what parts its words."""
    return _PARTING.sub("", name).lower()


def word_of(value: object) -> str:
    """A value as a word to compare: upper case, blanks and underscores gone."""
    return "" if value is None else _PARTING.sub("", shown(value)).upper()
