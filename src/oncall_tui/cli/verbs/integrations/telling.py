"""An integration in words and in JSON; a new key, once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncall_tui.cli.frame.flags import said
from oncall_tui.cli.frame.opening import text_of
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from oncall_tui.ops.integrations.editing import Keyed
    from oncall_tui.ops.integrations.reading import IntegrationShown


def tell(shown: IntegrationShown, text: str) -> None:
    """What was done to an integration."""
    if said().json:
        say_json(shape(shown))
    else:
        say(text)


def tell_keyed(keyed: Keyed, text: str) -> None:
    """What was done, and the new key: in JSON under `key`, else alone on stdout, so that it can be piped."""
    if said().json:
        say_json({**shape(keyed.integration), "key": keyed.key})
        return
    if keyed.key is None:
        say(text)
        return
    remark(text)
    remark("its key, shown only now:")
    say(keyed.key)


def shape(shown: IntegrationShown) -> dict[str, Any]:
    """An integration as `--json` shows it."""
    return {
        "name": shown.name,
        "kind": shown.kind,
        "service": shown.service,
        "enabled": shown.enabled,
        "signed": shown.signed,
        "keys": [
            {
                "digest": one.digest,
                "state": one.state,
                "made_at": _instant(one.made_at),
                "expires_at": _instant(one.expires_at),
                "revoked_at": _instant(one.revoked_at),
            }
            for one in shown.keys
        ],
    }


def table_of_keys(shown: IntegrationShown) -> None:
    """Its keys by their digests, for comparing with `printf %s KEY | sha256sum`."""
    table(
        ("Digest", "State", "Since", "Until"),
        [
            (
                f"{one.digest}…",
                one.state,
                format_instant(one.made_at),
                _instant(one.revoked_at or one.expires_at) or "—",
            )
            for one in shown.keys
        ],
    )


def secret_from(file: Path) -> str:
    """A secret from a file, or from stdin for `-`: on the command line every user of the host could read it."""
    if str(file) == "-" and sys.stdin.isatty():
        import getpass

        return getpass.getpass("secret: ").strip()
    return text_of(file).strip()


def _instant(at: datetime | None) -> str | None:
    return format_instant(at) if at is not None else None
