"""Settings: file, environment, flags; later wins, and every bad value is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.domain.errors import InvalidMany, MissingFile
from oncall_tui.settings import READERS, Secret, default_database, load_settings

ROOT = Path(__file__).parent.parent


def test_defaults_need_nothing() -> None:
    settings = load_settings(environ={"ONCALL_SETTINGS": "/dev/null"})
    assert settings.database == default_database()
    assert (settings.listen, settings.lease, settings.user) == ("127.0.0.1:8080", 10.0, None)
    assert settings.secret_key_text is None


def test_later_wins(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('user = "file"\nlisten = "0.0.0.0:1"\nlease = "30s"\n[keymap]\nack = "x"\n')
    environment = {"ONCALL_SETTINGS": str(file), "ONCALL_USER": "env", "ONCALL_LISTEN": "127.0.0.1:2"}
    settings = load_settings(flags={"user": "flag", "listen": None}, environ=environment)
    assert (settings.user, settings.listen, settings.lease) == ("flag", "127.0.0.1:2", 30.0)
    assert settings.keymap == {"ack": "x"}


def test_every_bad_value_is_told_at_once_with_its_path(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('colour = "red"\nuser = ""\ncors_origins = 3\nkeymap = "a"\nlease = 0\n')
    environment = {
        "ONCALL_LISTEN": "nowhere",
        "ONCALL_PUBLIC_URL": "ftp://x",
        "ONCALL_LOG_LEVEL": "loud",
        "ONCALL_SEND_TIMEOUT": "0s",
        "ONCALL_BUSY_TIMEOUT": "soon",
        "ONCALL_KEYMAP": "x",
        "ONCALL_CALLS_OF_SOMEBODY_ELSE": "ignored",
    }
    with pytest.raises(InvalidMany) as caught:
        load_settings(environ=environment, path=file)
    paths = sorted(error.path for error in caught.value.parts)
    assert paths == sorted(
        [f"{file}: {key}" for key in ("colour", "user", "cors_origins", "keymap", "lease")]
        + [name for name in environment if name != "ONCALL_CALLS_OF_SOMEBODY_ELSE"]
    )
    assert all(error.mend for error in caught.value.parts)


def test_a_broken_file_and_a_missing_one(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("user = ")
    with pytest.raises(InvalidMany, match="no TOML"):
        load_settings(environ={}, path=broken)
    with pytest.raises(MissingFile):
        load_settings(environ={"ONCALL_SETTINGS": str(tmp_path / "absent.toml")})


def test_values_are_read() -> None:
    settings = load_settings(
        environ={
            "ONCALL_SETTINGS": "/dev/null",
            "ONCALL_PUBLIC_URL": "https://oncall.example.com/",
            "ONCALL_CORS_ORIGINS": "https://a, https://b,",
            "ONCALL_TLS_CERT": "~/tls.crt",
            "ONCALL_SECRET_KEY": "hush",
        },
        flags={"lease": 2, "secret_key_file": Path("/k")},
    )
    assert settings.public_url == "https://oncall.example.com"
    assert settings.cors_origins == ("https://a", "https://b")
    assert settings.tls_cert == Path("~/tls.crt").expanduser()
    assert (settings.lease, settings.secret_key_file) == (2.0, Path("/k"))
    assert settings.secret_key_text == "hush"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("listen", "127.0.0.1:²"),
        ("listen", "127.0.0.1:" + "9" * 5000),
        ("lease", "100w"),
        ("lease", float("inf")),
        ("lease", float("nan")),
    ],
)
def test_numbers_that_are_none_are_refused_in_words(key: str, text: object) -> None:
    with pytest.raises(InvalidMany) as caught:
        load_settings(flags={key: text}, environ={"ONCALL_SETTINGS": "/dev/null"})
    assert [error.path for error in caught.value.parts] == [f"--{key}"]
    assert all(error.mend for error in caught.value.parts)


def test_a_secret_does_not_show_itself() -> None:
    settings = load_settings(environ={"ONCALL_SETTINGS": "/dev/null"}, flags={"secret_key": "hush"})
    assert "hush" not in repr(settings)
    assert repr(Secret("hush")) == "Secret(…)"


def test_the_deadman_address_is_a_secret_even_when_it_is_refused() -> None:
    settings = load_settings(environ={"ONCALL_SETTINGS": "/dev/null", "ONCALL_DEADMAN_URL": "https://hc.example/hush/"})
    assert settings.deadman_url == "https://hc.example/hush/"
    assert "hush" not in repr(settings)
    with pytest.raises(InvalidMany) as caught:
        load_settings(environ={"ONCALL_SETTINGS": "/dev/null", "ONCALL_DEADMAN_URL": "hc.example/hush"})
    assert "hush" not in f"{caught.value} {caught.value.parts}"


def test_the_example_names_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if line.lstrip("# ").startswith("ONCALL_")}
    assert named == {f"ONCALL_{key.upper()}" for key in READERS if key != "keymap"}
    assert "ONCALL_KEYMAP" in (ROOT / ".env.example").read_text()
