"""Unmodified clients: apprise's command and curl, each judged by its own word for success."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.storage.writer import Writer
from tests.intake.housed import every_kind, key_of
from tests.intake.serving import serving
from tests.support.house import House


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, every_kind(), tmp_path) as made:
        yield made


@pytest.fixture
def url(house: House) -> Iterator[str]:
    writer = Writer(house.store)
    try:
        with serving(WriterDoor(writer, house.directory, house.clock)) as address:
            yield address
    finally:
        writer.stop()


def apprise(url: str, kind: str, title: str, scheme: str = "json", more: str = "") -> None:
    """Notify through Apprise; its exit status is its word."""
    address = f"{scheme}://{url.removeprefix('http://')}/in/apprise/{key_of('apprise')}{more}"
    subprocess.run(
        [str(Path(sys.executable).with_name("apprise")), "-t", title, "-b", "it broke", "-n", kind, address],
        check=True,
        timeout=60,
        capture_output=True,
    )


def test_apprise_opens_and_resolves(house: House, url: str) -> None:
    apprise(url, "failure", "Backup failed", more="?:key=backup")
    assert house.open == [(1, "triggered")]
    assert house.column(1, "dedup_key") == "backup"
    apprise(url, "success", "Backup is fine again", scheme="form", more="?:key=backup")
    assert house.open == []
    apprise(url, "warning", "Disk is filling", scheme="xml")
    assert house.column(2, "title") == "Disk is filling"


def curl(*arguments: str, stdin: bytes = b"") -> int:
    """The incident's number; curl itself fails on anything but success."""
    done = subprocess.run(["curl", "-fsS", "-m", "20", *arguments], input=stdin, check=True, capture_output=True)
    number: int = json.loads(done.stdout)["incident"]
    return number


@pytest.mark.system("curl")
def test_curl_in_all_its_moods(house: House, url: str) -> None:
    door = f"{url}/in/generic/{key_of('generic')}"
    body = b'{"title": "Disk full", "key": "disk"}'
    whole = ["--data-binary", "@-", door]
    assert curl(*whole, stdin=body) == 1, "JSON under a form's Content-Type, curl's own"
    assert curl("-d", "title=Disk full", "-d", "key=disk", door) == 1
    assert curl("-F", "title=Disk full", "-F", "key=disk", door) == 1
    assert curl("-G", "--data-urlencode", "title=Disk full", "-d", "key=disk", door) == 1
    assert curl("-H", "Content-Encoding: gzip", *whole, stdin=gzip.compress(body)) == 1
    assert curl("-H", "Transfer-Encoding: chunked", *whole, stdin=body) == 1
    assert curl("-H", "Expect: 100-continue", *whole, stdin=body) == 1
    assert curl("-X", "PUT", *whole, stdin=b"\xef\xbb\xbf" + body) == 1
    assert house.alert_count(1) == 8
    assert curl("-d", "key=disk", "-d", "status=ok", f"{door}/") == 1
    assert house.open == []
