"""The listener: addresses, a port in use, TLS, slow and silent connections, and a stop that drops nothing."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from oncall_tui.domain.errors import Invalid, MissingFile, PortInUse
from oncall_tui.intake.app import build_app
from oncall_tui.intake.doors.door import Arrival
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.wire import connections
from tests.intake.serving import KEY, NO_FIGURES, Kept, NoteDoor, serving
from tests.support.certificates import certificate
from tests.support.processes import wait_until


def server(listen: Listen, **tls: Path) -> IntakeServer:
    app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES))
    return IntakeServer(app, listen, tls_cert=tls.get("cert"), tls_key=tls.get("key"))


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    raw = socket.create_connection((parts.hostname or "", parts.port or 0))
    raw.settimeout(10)
    return raw


def test_a_port_in_use_is_said() -> None:
    with serving(NoteDoor()) as url:
        port = urlsplit(url).port or 0
        with pytest.raises(PortInUse) as refused:
            server(Listen("127.0.0.1", port)).start()
    assert str(port) in refused.value.sentence
    assert refused.value.exit_status == 3


def test_the_port_is_free_after_a_stop() -> None:
    with serving(NoteDoor()) as url:
        port = urlsplit(url).port or 0
    again = server(Listen("127.0.0.1", port))
    assert again.start() == url
    assert again.alive
    again.stop()
    assert not again.alive


def test_an_address_of_somebody_else_is_refused() -> None:
    for host in ("192.0.2.1", "no.such.host.invalid"):
        with pytest.raises(Invalid):
            server(Listen(host, 0)).start()


@pytest.mark.skipif(not socket.has_ipv6, reason="this host has no IPv6")
def test_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("loopback has no IPv6 here")
    six = server(Listen("::1", 0))
    url = six.start()
    try:
        assert url.startswith("http://[::1]:")
        assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    finally:
        six.stop()


def test_tls(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    secure = server(Listen("127.0.0.1", 0), cert=cert, key=key)
    url = secure.start()
    try:
        assert url.startswith("https://")
        trusted = ssl.create_default_context(cafile=str(cert))
        assert httpx.get(f"{url}/healthz", verify=trusted, trust_env=False).status_code == 200
    finally:
        secure.stop()


def test_a_renewed_certificate_is_served_and_open_connections_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oncall_tui.intake.listener.server.LOOK_EVERY", 0.02)
    cert, key = certificate(tmp_path)
    secure = server(Listen("127.0.0.1", 0), cert=cert, key=key)
    url = secure.start()
    port = urlsplit(url).port or 0

    def served() -> str:
        return ssl.get_server_certificate(("127.0.0.1", port))

    first = cert.read_text()
    try:
        trusted = ssl.create_default_context(cafile=str(cert))
        with httpx.Client(verify=trusted, trust_env=False) as before:
            assert before.get(f"{url}/healthz").status_code == 200
            assert served() == first
            cert.write_text("no certificate at all")
            assert served() == first
            certificate(tmp_path)
            wait_until(lambda: served() == cert.read_text() != first, "the new certificate")
            assert before.get(f"{url}/healthz").status_code == 200
            again = ssl.create_default_context(cafile=str(cert))
            assert httpx.get(f"{url}/healthz", verify=again, trust_env=False).status_code == 200
    finally:
        secure.stop()


def test_a_certificate_is_read_again_when_it_is_asked_for(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    secure = server(Listen("127.0.0.1", 0), cert=cert, key=key)
    url = secure.start()
    try:
        certificate(tmp_path)
        secure.reload_certificate()
        port = urlsplit(url).port or 0
        wait_until(lambda: ssl.get_server_certificate(("127.0.0.1", port)) == cert.read_text(), "it")
    finally:
        secure.stop()


def test_tls_files_are_checked_at_once(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with pytest.raises(MissingFile):
        server(Listen("127.0.0.1", 0), cert=tmp_path / "none.pem")
    with pytest.raises(Invalid):
        server(Listen("127.0.0.1", 0), cert=key, key=cert)


def test_a_head_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serving(NoteDoor()) as url, connected(url) as silent, connected(url) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nx-drip: ")
        for raw in (silent, slow):
            assert _ended(raw)


def test_a_second_head_has_its_deadline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with serving(NoteDoor()) as url, connected(url) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200" in raw.recv(4096)
        raw.sendall(b"GET /hea")
        assert _ended(raw)


def test_a_head_without_end_is_ended() -> None:
    with serving(NoteDoor()) as url, connected(url) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            _send_headers_for_ever(raw)


def _send_headers_for_ever(raw: socket.socket) -> None:
    for _ in range(10_000):
        raw.sendall(b"x-more: " + b"y" * 1000 + b"\r\n")


def test_room_is_what_the_open_files_leave() -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 200));"
        "from oncall_tui.intake.wire.connections import room;"
        "print(room(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["100", "200"]


@pytest.mark.parametrize(
    "said", ["", "POST /in/generic/x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{"], ids=["no head", "no body"]
)
def test_silent_connections_give_way_to_those_who_speak(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr("oncall_tui.intake.listener.server.room", lambda: 10)
    with serving(NoteDoor()) as url:
        silent = []
        for _ in range(20):
            silent.append(connected(url))
            silent[-1].sendall(said.encode())
        assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
        assert _ended(silent[0])
        for raw in silent:
            raw.close()


def test_a_body_that_drips_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_tui.intake.wire.body.BODY_SECONDS", 0.2)
    with serving(NoteDoor()) as url, connected(url) as raw:
        raw.sendall(f"POST /in/generic/{KEY} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 408 ")


def test_a_sender_that_hangs_up_takes_nothing_down() -> None:
    door = NoteDoor()
    with serving(door) as url:
        with connected(url) as raw:
            raw.sendall(f"POST /in/generic/{KEY} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{".encode())
        assert httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    assert door.arrivals == []


def test_a_stop_finishes_what_is_under_way() -> None:
    inside, release = threading.Event(), threading.Event()

    class SlowDoor(NoteDoor):
        async def take(self, arrival: Arrival) -> Sequence[Kept]:
            inside.set()
            await asyncio.to_thread(release.wait, 10)
            return await super().take(arrival)

    door = SlowDoor()
    statuses: list[int] = []
    with serving(door) as url:
        post = threading.Thread(
            target=lambda: statuses.append(
                httpx.post(f"{url}/in/generic/{KEY}", json={"title": "x"}, trust_env=False, timeout=20).status_code
            )
        )
        post.start()
        assert inside.wait(10)
        threading.Timer(0.3, release.set).start()
    post.join(10)
    assert statuses == [202]
    assert len(door.arrivals) == 1


def _ended(raw: socket.socket) -> bool:
    try:
        return raw.recv(4096) == b""
    except ConnectionError:
        return True
