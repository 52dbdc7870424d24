"""Keys of heartbeats: given in the file, kept as stored, or made once and shown."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.texts import KEPT
from oncall_tui.storage.cipher import digest

Plain = dict[str, Any]
_DIGEST = "sha256:"


def with_beat_key(
    entry: Plain, path: str, stored: Mapping[str, str], made: dict[str, str]
) -> tuple[Plain, list[Invalid]]:
    """The heartbeat with its key's digest; `made` gains the key of one that has none anywhere."""
    name, key, known = entry["name"], entry.get("key"), stored.get(entry["name"])
    if key in (None, KEPT) and known is not None:
        return entry | {"key": known}, []
    if key == KEPT:
        sentence = f"{name} has no stored key to keep"
        mend = "write the key, or leave it out"
        return entry, [Invalid(sentence, mend=mend, path=f"{path}.key", code="nothing_kept")]
    if key is None:
        key = secrets.token_hex(16)
        # An integration of the same name may have got one, too.
        made[name if name not in made else f"heartbeat {name}"] = key
    hashed = key if key.startswith(_DIGEST) else digest(key)
    owner = next((other for other, one in stored.items() if other != name and one == hashed), None)
    if owner is not None:
        sentence = f"heartbeat {owner} has this key"
        return entry, [Invalid(sentence, mend="give each a key of its own", path=f"{path}.key", code="duplicate")]
    return entry | {"key": hashed}, []
