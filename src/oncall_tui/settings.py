"""Settings: a TOML file (`ONCALL_SETTINGS`), the environment (`ONCALL_<KEY>`), then flags; later wins.

Every bad value is told at once, with its path and its mend. `.env.example` names every key; a test holds it to that.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from oncall_tui.addresses import NONE_ALLOWED, Allowed
from oncall_tui.domain.errors import Invalid, InvalidMany, MissingFile, OncallError
from oncall_tui.domain.time.durations import parse_duration

PREFIX = "ONCALL_"
NOT_SETTINGS = frozenset({"ONCALL_SETTINGS", "ONCALL_CRASH_AT"})
HIGHEST_PORT = 65_535
LONGEST_SECONDS = 86_400.0
LONGEST_DIGEST = 55.0
LEVELS = ("debug", "info", "warning", "error")
THEMES = ("oncall", "dark", "light", "high-contrast", "colour-blind", "mono")


class Secret(str):
    """Text that never shows itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; durations in seconds."""

    database: str
    user: str | None = None
    listen: str = "127.0.0.1:8080"
    public_url: str | None = None
    secret_key: Secret | None = None
    secret_key_file: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    cors_origins: tuple[str, ...] = ()
    fetch_allow: Allowed = NONE_ALLOWED
    theme: str = "oncall"
    keymap: Mapping[str, str] | None = None
    log_level: str = "info"
    log_format: str = "text"
    lease: float = 10.0
    send_timeout: float = 10.0
    digest_after: float = 50.0
    stale_after: float = 300.0
    busy_timeout: float = 5.0
    any_disk: bool = False
    audit_every: float = 60.0
    internal_service: str | None = None
    deadman_url: Secret | None = None
    deadman_every: float = 60.0
    transforms: Path | None = None

    @property
    def secret_key_text(self) -> str | None:
        """The key as plain text, for the cipher alone."""
        return str(self.secret_key) if self.secret_key is not None else None


def default_database() -> str:
    """The SQLite database in the user's data directory."""
    from platformdirs import user_data_path

    return str(user_data_path("oncall") / "oncall.db")


def load_settings(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Settings:
    """The settings of this process. Raises InvalidMany for bad values, MissingFile for a named file that is not there.

    `flags` win over the environment, which wins over the file at `path` (or `ONCALL_SETTINGS`, or its usual place).
    """
    environment = os.environ if environ is None else environ
    errors: list[OncallError] = []
    given: dict[str, Any] = {}
    file = path or _file_of(environment)
    for source, values in (
        (str(file), _from_file(file, errors) if file is not None else {}),
        ("environment", _from_environment(environment, errors)),
        ("", {key: value for key, value in (flags or {}).items() if value is not None}),
    ):
        for key, value in values.items():
            _read(source, key, value, given, errors)
    if errors:
        raise InvalidMany(errors)
    given.setdefault("database", default_database())
    return Settings(**given)


def _file_of(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("ONCALL_SETTINGS")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    usual = user_config_path("oncall") / "settings.toml"
    return usual if usual.is_file() else None


def _from_file(path: Path, errors: list[OncallError]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingFile(
            f"the settings file {path} can't be read: {error.strerror}", mend="check ONCALL_SETTINGS"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        errors.append(Invalid(f"the settings file is no TOML: {error}", path=str(path), mend="correct it"))
        return {}


def _from_environment(environment: Mapping[str, str], errors: list[OncallError]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in environment.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS and value:
            found[name.removeprefix(PREFIX).lower()] = value
    if "keymap" in found:
        errors.append(Invalid("a keymap can't be given here", path="ONCALL_KEYMAP", mend="put it in the settings file"))
        del found["keymap"]
    # Variables of others may begin alike; only a setting's own name counts here.
    return {key: value for key, value in found.items() if key in READERS}


def _read(source: str, key: str, value: Any, given: dict[str, Any], errors: list[OncallError]) -> None:
    path = _path_of(source, key)
    reader = READERS.get(key)
    if reader is None:
        errors.append(Invalid(f"there is no setting '{key}'", path=path, mend=f"one of: {', '.join(READERS)}"))
        return
    try:
        given[key] = reader(value)
    except Invalid as error:
        errors.append(Invalid(error.sentence, path=path, mend=error.mend))


def _path_of(source: str, key: str) -> str:
    """A setting as whoever gave it wrote it: a variable, a key of the file, a flag."""
    match source:
        case "environment":
            return f"{PREFIX}{key.upper()}"
        case "":
            return f"--{key.replace('_', '-')}"
        case file:
            return f"{file}: {key}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid("it needs a text", mend="put it in quotes")
    return value


def _path(value: Any) -> Path:
    return value if isinstance(value, Path) else Path(_text(value)).expanduser()


def _one_of(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise Invalid(f"'{value}' is none of {', '.join(known)}", mend="choose one of them")
        return str(value)

    return read


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("yes", "no"):
        raise Invalid(f"'{value}' is neither yes nor no", mend="write yes or no")
    return bool(value == "yes")


def _seconds(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        span = float(value)
    else:
        span = parse_duration(_text(value)).total_seconds()
    if not 0 < span <= LONGEST_SECONDS:
        raise Invalid("it must be longer than nothing, a day at most", mend="write it like 10s")
    return span


def _within_a_minute(value: Any) -> float:
    span = _seconds(value)
    if span > LONGEST_DIGEST:
        raise Invalid("no page may wait longer than a minute for its digest", mend=f"at most {LONGEST_DIGEST:.0f}s")
    return span


def _listen(value: Any) -> str:
    host, colon, port = _text(value).rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port[:9]) > HIGHEST_PORT:
        raise Invalid(f"'{value}' is no HOST:PORT", mend="write it like 127.0.0.1:8080")
    return str(value)


def _url(value: Any) -> str:
    if not _text(value).startswith(("http://", "https://")):
        raise Invalid(f"'{value}' is no http(s) address", mend="write it like https://oncall.example.com")
    return str(value).rstrip("/")


def _secret_url(value: Any) -> Secret:
    """An address that is as good as a password: never told, not even when it is refused, and kept as written."""
    if not _text(value).startswith(("http://", "https://")):
        raise Invalid("it is no http(s) address", mend="write it like https://hc-ping.com/your-uuid")
    return Secret(value)


def _words(value: Any) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise Invalid("it needs a list of texts", mend="separate them by commas")
    return tuple(word.strip() for word in words if word.strip())


def _places(value: Any) -> Allowed:
    try:
        return Allowed.read(_words(value))
    except ValueError as error:
        raise Invalid(str(error), mend="write it like hooks.internal, 10.0.0.0/8") from None


def _keymap(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value.values()):
        raise Invalid("it needs a table of command = key", mend='like [keymap] with ack = "a"')
    return dict(value)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "database": _text,
    "user": _text,
    "listen": _listen,
    "public_url": _url,
    "secret_key": lambda value: Secret(_text(value)),
    "secret_key_file": _path,
    "tls_cert": _path,
    "tls_key": _path,
    "cors_origins": _words,
    "fetch_allow": _places,
    "theme": _one_of(*THEMES),
    "keymap": _keymap,
    "log_level": _one_of(*LEVELS),
    "log_format": _one_of("text", "json"),
    "lease": _seconds,
    "send_timeout": _seconds,
    "digest_after": _within_a_minute,
    "stale_after": _seconds,
    "busy_timeout": _seconds,
    "any_disk": _yes_or_no,
    "audit_every": _seconds,
    "internal_service": _text,
    "deadman_url": _secret_url,
    "deadman_every": _seconds,
    "transforms": _path,
}
FIELDS = tuple(field.name for field in fields(Settings))
