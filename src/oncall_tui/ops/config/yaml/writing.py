"""Plain values as YAML that means the same to a 1.2 reader and to a 1.1 reader."""

from __future__ import annotations

import re
from typing import Any

import yaml

WIDTH = 120
_DUMPER: Any = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


class _Dumper(_DUMPER):  # type: ignore[misc]  # the base is chosen at run time and has no one static type
    """Writes shared values out each time: an alias in an export would tie two places together."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the emitter asks for each value
        return True


# Text that only a 1.2 reader would take for a number: with a resolver the emitter quotes it.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$|0o[0-7]+$|0x[0-9a-fA-F]+$"), list("-+0123456789")
)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def write_yaml(value: Any) -> str:
    """One YAML document in block style, short lists and mappings in a row."""
    written: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=None
    )
    return written
