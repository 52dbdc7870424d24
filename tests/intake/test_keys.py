"""Keys at the door: in headers, in an overlap, guessed, disabled; and posts that have to be signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.intake.doors import writer_door
from oncall_tui.intake.doors.presented import presented_key
from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.intake.payload.reading import Post
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.intake.wire.guessing import Guesses, Wait
from oncall_tui.ops.intake import rejected
from oncall_tui.ops.integrations import editing
from oncall_tui.storage.tables import audit
from oncall_tui.storage.writer import Writer
from tests.intake.serving import serving
from tests.support.house import House
from tests.support.worlds import T0, minutes

KEY = "g" * 32
CONFIG = f"""
version: 1
users: [{{username: ana, role: admin}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: scripts, kind: generic, service: checkout, key: "{KEY}"}}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def http(house: House) -> Iterator[httpx.Client]:
    writer = Writer(house.store)
    door = WriterDoor(writer, house.directory, house.clock, unseal=house.session.cipher().unseal)
    with serving(door) as url, httpx.Client(base_url=url, trust_env=False, timeout=15) as client:
        yield client
    writer.stop()


def post(http: httpx.Client, path: str = "/in/generic", **headers: str) -> httpx.Response:
    return http.post(path, json={"title": "x"}, headers=headers)


def reasons(house: House) -> list[str]:
    with house.store.read() as conn:
        return [row.reason for row in rejected.newest(conn)]


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"authorization": "Bearer abc"}, "abc"),
        ({"authorization": "bearer   abc "}, "abc"),
        ({"authorization": "GenieKey abc"}, "abc"),
        ({"authorization": "Token abc"}, "abc"),
        ({"authorization": "Token token=abc"}, "abc"),
        ({"authorization": 'Token token="abc"'}, "abc"),
        ({"authorization": f"Basic {base64.b64encode(b'user:abc').decode()}"}, "abc"),
        ({"authorization": f"Basic {base64.b64encode(b'abc:').decode()}"}, "abc"),
        ({"x-api-key": "abc"}, "abc"),
        ({"authorization": "Digest abc", "x-api-key": "def"}, "def"),
        ({"authorization": "abcdefgh"}, "abcdefgh"),
        ({"authorization": "Basic ***"}, None),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Bearer "}, None),
        ({}, None),
    ],
)
def test_the_key_of_a_header(headers: dict[str, str], key: str | None) -> None:
    assert presented_key(headers) == key


def test_a_key_in_a_header_opens_where_the_path_has_none(house: House, http: httpx.Client) -> None:
    assert post(http, Authorization=f"Bearer {KEY}").status_code == 202
    assert post(http, **{"X-API-Key": KEY}).status_code == 202
    assert post(http, "/in/generic/", Authorization=f"GenieKey {KEY}").status_code == 202
    assert post(http).status_code == 403
    # A key in the path is the sender's word; a proxy's own Authorization does not stand in its way.
    assert post(http, f"/in/generic/{KEY}", Authorization="Bearer of-something-else").status_code == 202
    assert len(house.open) == 1


def test_after_a_rotation_both_keys_open_until_the_overlap_ends(house: House, http: httpx.Client) -> None:
    new = editing.rotate(house.session, "scripts", overlap=timedelta(hours=2)).key
    assert new is not None
    house.clock.set(T0 + minutes(119))
    assert post(http, f"/in/generic/{KEY}").status_code == 202
    assert post(http, f"/in/generic/{new}").status_code == 202
    house.clock.set(T0 + minutes(120))
    assert post(http, f"/in/generic/{KEY}").status_code == 403
    assert post(http, f"/in/generic/{new}").status_code == 202
    assert reasons(house) == [f"a key of scripts that ended at {T0 + minutes(120):%Y-%m-%dT%H:%M:%SZ}"]


def test_c4_46_unknown_revoked_ended_and_disabled_keys_are_told_alike(house: House, http: httpx.Client) -> None:
    first = editing.rotate(house.session, "scripts", overlap=timedelta(0)).key
    second = editing.rotate(house.session, "scripts", overlap=timedelta(minutes=1)).key
    house.clock.set(T0 + minutes(5))
    told = [post(http, f"/in/generic/{key}") for key in ("u" * 32, KEY, first)]
    editing.switch(house.session, "scripts", on=False)
    told.append(post(http, f"/in/generic/{second}"))
    assert {(answer.status_code, answer.content) for answer in told} == {
        (403, b'{"status":"forbidden","errors":["no integration has this key"]}')
    }
    assert [why.split(" at ")[0] for why in reasons(house)] == [
        "a key of scripts, which is disabled",
        "a key of scripts that ended",
        "a key of scripts that was revoked",
        "unknown key",
    ]
    editing.switch(house.session, "scripts", on=True)
    assert post(http, f"/in/generic/{second}").status_code == 202


def test_c4_46_who_tries_out_keys_is_told_to_wait_and_good_keys_are_not(house: House, http: httpx.Client) -> None:
    def guess(number: int) -> int:
        return post(http, f"/in/generic/{number:032x}").status_code

    assert [guess(number) for number in range(12)] == [403] * 10 + [429] * 2
    slowed = post(http, "/in/generic/" + "z" * 32)
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "60")
    assert post(http, f"/in/generic/{KEY}").status_code == 202
    house.clock.set(T0 + minutes(1))
    assert guess(0) == 403
    for number in range(12):
        guess(number)
    with house.store.read() as conn:
        said = conn.execute(select(audit.c.action, audit.c.object).where(audit.c.action == "keys.guessed")).all()
    assert [tuple(row) for row in said] == [("keys.guessed", "address 127.0.0.1")]


def test_c4_46_guesses_are_counted_by_source_and_forgotten_in_order() -> None:
    guesses = Guesses(a_minute=1, sources=2)
    assert guesses.missed("a", T0) is None
    assert guesses.missed("a", T0 + minutes(0.5)) == Wait(30, first=True)
    assert guesses.missed("a", T0 + minutes(0.5)) == Wait(30, first=False)
    assert guesses.missed("b", T0) is None
    assert guesses.missed("c", T0) is None  # no room: a is forgotten
    assert guesses.missed("a", T0) is None
    assert guesses.missed("a", T0 - minutes(10)) is None  # a clock that was set back locks nobody out


def signed(given: Post, secret: str) -> str | None:
    wanted = hmac.new(secret.encode(), given.body, hashlib.sha256).hexdigest()
    fits = hmac.compare_digest(wanted, given.headers.get("x-signature", ""))
    return None if fits else "the signature does not fit"


def test_a_post_that_has_to_be_signed_opens_by_its_signature(
    house: House, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = replace(DIALECTS["generic"], verify=signed)
    monkeypatch.setattr(writer_door, "DIALECTS", {**DIALECTS, "generic": signing})
    body = b'{"title": "x"}'
    fits = hmac.new(b"hush", body, hashlib.sha256).hexdigest()

    def send(signature: str, path: str = f"/in/generic/{KEY}") -> int:
        return http.post(path, content=body, headers={"X-Signature": signature}).status_code

    assert send("none") == 202  # nobody asked for one yet
    editing.sign_with(house.session, "scripts", "hush")
    assert send(fits) == 202
    assert send("0" * 64) == 403
    # Another dialect's path does not go round it.
    other = http.post(f"/in/alertmanager/{KEY}", json={"version": "4", "status": "firing", "alerts": []})
    assert other.status_code in (400, 403)
    assert "scripts: the signature does not fit" in reasons(house)
    editing.sign_with(house.session, "scripts", None)
    assert send("none") == 202
