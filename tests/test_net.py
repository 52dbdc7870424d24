"""Outgoing requests keep their limits, against a real server."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oncall_tui.addresses import Allowed
from oncall_tui.domain.errors import OncallError
from oncall_tui.net import AddressRefused, AnswerRefused, Response, TimedOut, Unreachable, fetch
from tests.support.sinks import Sink, closed_port

TIMEOUT = 5.0
SHORT = 0.4
SIZE = 100_000


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def get(url: str, timeout: float = TIMEOUT, follow: int = 0, **headers: str) -> Response:
    """A GET that may go to this machine."""
    return fetch("GET", url, timeout=timeout, max_bytes=SIZE, headers=headers, follow=follow, allow_private=True)


def test_an_answer_whole(sink: Sink) -> None:
    sink.answer("/hook", 201, headers={"X-Mine": "1"}, body=b"made")
    response = fetch(
        "post",
        f"{sink.address}/hook?a=b",
        timeout=TIMEOUT,
        max_bytes=SIZE,
        headers={"Content-Type": "text/plain", "Host": "forged.example"},
        body=b"text",
        allow_private=True,
    )
    assert (response.status, response.body, response.headers["x-mine"]) == (201, b"made", "1")
    assert response.url == f"{sink.address}/hook?a=b"
    [request] = sink.requests
    assert (request.method, request.target, request.body) == ("POST", "/hook?a=b", b"text")
    assert request.headers["content-type"] == "text/plain"
    assert request.headers["host"] == f"127.0.0.1:{sink.port}"
    assert request.headers["user-agent"] == "oncall"


@pytest.mark.parametrize("status", [204, 404, 500])
def test_any_status_is_an_answer(sink: Sink, status: int) -> None:
    sink.answer("/", status, body=b"")
    assert get(f"{sink.address}/").status == status


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "127.1",
        "0x7f000001",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.0.1",
    ],
)
def test_c4_47_private_hosts_are_refused_in_every_form(sink: Sink, host: str) -> None:
    with pytest.raises(AddressRefused, match="not a public host"):
        fetch("GET", f"http://{host}:{sink.port}/", timeout=TIMEOUT, max_bytes=SIZE)
    assert sink.requests == []


def test_octal_forms_are_no_web_address(sink: Sink) -> None:
    with pytest.raises(AddressRefused):
        fetch("GET", f"http://0177.0.0.1:{sink.port}/", timeout=TIMEOUT, max_bytes=SIZE)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "gopher://x", "http://", "x", "http://[", ""]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        get(url)


def named(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    """A resolver that gives these answers in turn; the names it was asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return answers[len(asked) - 1]

    monkeypatch.setattr("oncall_tui.net.resolve", resolve)
    return asked


def test_the_judged_address_is_the_one_connected_to(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = named(monkeypatch, ("127.0.0.1",))
    assert get(f"http://hooks.example.com:{sink.port}/x").status == 200
    assert asked == ["hooks.example.com"], "a name is asked for once, and never by the connection"
    assert sink.requests[0].headers["host"] == f"hooks.example.com:{sink.port}"


def test_one_private_address_among_public_ones_is_refused(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ("1.1.1.1", "127.0.0.1"))
    with pytest.raises(AddressRefused):
        fetch("GET", f"http://rebound.example.com:{sink.port}/", timeout=TIMEOUT, max_bytes=SIZE)


def test_c4_47_a_redirect_is_judged_again(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first name passes for public here, so that its redirect can be seen to be judged by itself.
    sink.answer("/out", 302, headers={"Location": "http://169.254.169.254/latest"})
    named(monkeypatch, ("127.0.0.1",), ("169.254.169.254",))
    monkeypatch.setattr("oncall_tui.net.is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
        fetch("GET", f"http://hooks.example.com:{sink.port}/out", timeout=TIMEOUT, max_bytes=SIZE, follow=3)


def test_c4_47_a_name_that_turns_private_after_it_was_judged_reaches_nothing_private(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rebinding: a second look at the name would find this machine. There is none, and the next fetch judges anew.
    asked = named(monkeypatch, ("127.0.0.9",), ("127.0.0.1",))
    monkeypatch.setattr("oncall_tui.net.is_public", lambda address: address == "127.0.0.9")
    with pytest.raises((Unreachable, TimedOut)):
        fetch("GET", f"http://rebinding.example.com:{sink.port}/", timeout=0.3, max_bytes=SIZE)
    with pytest.raises(AddressRefused):
        fetch("GET", f"http://rebinding.example.com:{sink.port}/", timeout=TIMEOUT, max_bytes=SIZE)
    assert len(asked) == 2
    assert sink.requests == []


def test_c4_47_a_deployment_may_allow_a_host_or_a_network(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    def allowed(*places: str) -> int:
        named(monkeypatch, ("127.0.0.1",))
        url = f"http://hooks.internal:{sink.port}/"
        return fetch("GET", url, timeout=TIMEOUT, max_bytes=SIZE, allowed=Allowed.read(places)).status

    assert allowed("hooks.internal") == allowed("HOOKS.internal.") == allowed("127.0.0.0/8") == 200
    for other in ((), ("internal",), ("10.0.0.0/8",), ("xhooks.internal",)):
        with pytest.raises(AddressRefused):
            allowed(*other)


def test_c4_47_what_is_allowed_is_judged_at_each_redirect(sink: Sink) -> None:
    sink.answer("/out", 302, headers={"Location": f"http://127.0.0.2:{sink.port}/x"})
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        fetch(
            "GET",
            f"{sink.address}/out",
            timeout=TIMEOUT,
            max_bytes=SIZE,
            follow=2,
            allowed=Allowed.read(["127.0.0.1"]),
        )


@pytest.mark.parametrize("place", ["", "10.0.0.0/33", "2130706433", "0x7f000001", "a b", "http://x", "10.0.0.1/8"])
def test_nonsense_is_no_place_to_allow(place: str) -> None:
    with pytest.raises(ValueError, match="no host, address or network"):
        Allowed.read([place])


def test_the_next_address_is_tried_when_one_takes_no_connection(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ("127.0.0.9", "127.0.0.1"))
    assert get(f"http://two.example.com:{sink.port}/").status == 200


def test_a_redirect_is_the_answer_unless_followed(sink: Sink) -> None:
    sink.answer("/moved", 301, headers={"Location": "/here"})
    assert get(f"{sink.address}/moved").status == 301
    followed = get(f"{sink.address}/moved", follow=1)
    assert (followed.status, followed.url) == (200, f"{sink.address}/here")


def test_redirects_end(sink: Sink) -> None:
    sink.answer("/loop", 302, headers={"Location": "/loop"})
    with pytest.raises(AnswerRefused, match="more than 3 redirects"):
        get(f"{sink.address}/loop", follow=3)
    assert len(sink.requests) == 4


@pytest.mark.parametrize("target", ["ftp://x/", "file:///etc/passwd", "http://["])
def test_a_redirect_to_no_web_address_is_refused(sink: Sink, target: str) -> None:
    sink.answer("/", 302, headers={"Location": target})
    with pytest.raises((AddressRefused, AnswerRefused)):
        get(f"{sink.address}/", follow=1)


def test_secrets_do_not_follow_to_another_origin(sink: Sink) -> None:
    with Sink() as other:
        sink.answer("/away", 302, headers={"Location": f"{other.address}/x"})
        sink.answer("/near", 302, headers={"Location": "/y"})
        get(f"{sink.address}/away", follow=1, Authorization="Bearer s3cr3t", Accept="text/calendar")
        get(f"{sink.address}/near", follow=1, Authorization="Bearer s3cr3t")
        assert "authorization" not in other.requests[0].headers
        assert other.requests[0].headers["accept"] == "text/calendar"
    assert [r.path for r in sink.requests if "authorization" in r.headers] == ["/away", "/near", "/y"]


def test_a_redirected_post_keeps_its_body_or_is_refused(sink: Sink) -> None:
    def post(path: str) -> Response:
        return fetch(
            "POST",
            f"{sink.address}{path}",
            timeout=TIMEOUT,
            max_bytes=SIZE,
            body=b"kept",
            allow_private=True,
            follow=1,
        )

    sink.answer("/keeps", 307, headers={"Location": "/x"})
    sink.answer("/loses", 302, headers={"Location": "/x"})
    assert post("/keeps").status == 200
    assert sink.requests[-1].body == b"kept"
    with pytest.raises(AnswerRefused, match="lose"):
        post("/loses")


@pytest.mark.parametrize("how", ["hang", "drip", "drip_body"])
def test_the_time_limit_holds_for_the_whole_exchange(sink: Sink, how: str) -> None:
    sink.answer("/", how=how)
    began = time.monotonic()
    with pytest.raises(TimedOut):
        get(f"{sink.address}/", timeout=SHORT)
    assert SHORT * 0.9 < time.monotonic() - began < SHORT + 2


def test_the_time_limit_holds_over_redirects(sink: Sink) -> None:
    sink.answer("/slow", 302, headers={"Location": "/slow"}, delay=0.15)
    began = time.monotonic()
    with pytest.raises(TimedOut):
        get(f"{sink.address}/slow", timeout=SHORT, follow=100)
    assert time.monotonic() - began < SHORT + 2


def test_a_resolver_that_hangs_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr("oncall_tui.net.resolve", lambda host, port: let_go.wait(20) and ())
    with pytest.raises(TimedOut, match="not resolved"):
        get("http://slow.example.com/", timeout=SHORT)
    let_go.set()


def test_the_size_limit(sink: Sink) -> None:
    sink.answer("/fits", body=b"a" * SIZE)
    sink.answer("/over", body=b"a" * (SIZE + 1))
    sink.answer("/endless", how="endless")
    assert len(get(f"{sink.address}/fits").body) == SIZE
    for path in ("/over", "/endless"):
        with pytest.raises(AnswerRefused, match="larger than 100000 bytes"):
            get(f"{sink.address}{path}")


def test_a_packed_answer_is_refused(sink: Sink) -> None:
    sink.answer("/", headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b")
    with pytest.raises(AnswerRefused, match="packs"):
        get(f"{sink.address}/")
    assert sink.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("how", ["reset", "close", "garbage"])
def test_a_broken_answer(sink: Sink, how: str) -> None:
    sink.answer("/", how=how)
    with pytest.raises(Unreachable, match="broke"):
        get(f"{sink.address}/")


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable, match="takes no connection"):
        get(f"http://127.0.0.1:{closed_port()}/")


def test_no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreachable, match="not found"):
        get("http://no-such-host.invalid/")


def test_environment_proxies_are_not_used(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port()}")
    assert get(f"{sink.address}/").status == 200


def test_errors_tell_no_more_of_the_url_than_its_host(sink: Sink) -> None:
    sink.answer("/s3cr3t", how="reset")
    port = closed_port()
    for url in (
        f"{sink.address}/s3cr3t?token=s3cr3t",
        f"http://me:s3cr3t@127.0.0.1:{port}/s3cr3t",
        "http://no-such-host.invalid/s3cr3t",
        "ftp://x/s3cr3t",
    ):
        with pytest.raises(OncallError) as caught:
            get(url)
        assert "s3cr3t" not in caught.value.sentence + caught.value.mend


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for hooks.example.com and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    names = [x509.DNSName("hooks.example.com"), x509.IPAddress(ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2020, 1, 1) + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[int, ssl.SSLContext, list[str | None]]]:
    """A TLS server that answers everything with 200: its port, what trusts it, and the names asked for by SNI."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve_tls, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1], ssl.create_default_context(cafile=str(certificate)), asked
        listener.shutdown(socket.SHUT_RDWR)


def _serve_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(plain, server_side=True) as client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except OSError:
            plain.close()


Secure = tuple[int, ssl.SSLContext, list[str | None]]


def test_tls_is_held_against_the_name_though_the_address_is_connected_to(
    secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, trust, asked = secure
    named(monkeypatch, ("127.0.0.1",), ("127.0.0.1",))

    def ask(host: str) -> Response:
        return fetch("GET", f"https://{host}:{port}/", timeout=TIMEOUT, max_bytes=SIZE, allow_private=True, trust=trust)

    assert ask("hooks.example.com").body == b"ok"
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        ask("other.example.com")
    assert asked == ["hooks.example.com", "other.example.com"]


def test_a_certificate_nobody_vouches_for_is_refused(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    port, _, _ = secure
    named(monkeypatch, ("127.0.0.1",))
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        get(f"https://hooks.example.com:{port}/")


def test_no_way_back_from_https_to_http(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    def exchange(*_: object, **__: object) -> Response:
        return Response(status=302, headers={"location": sink.address}, body=b"", url="")

    monkeypatch.setattr("oncall_tui.net._exchange", exchange)
    named(monkeypatch, ("127.0.0.1",))
    with pytest.raises(AnswerRefused, match="from https to http"):
        get("https://hooks.example.com/", follow=1)


def timers() -> set[threading.Thread]:
    """The timers that run in this process."""
    return {thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)}


def test_no_timer_is_left_behind(sink: Sink) -> None:
    before = timers()
    get(f"{sink.address}/", timeout=300)
    for timer in timers() - before:
        timer.join(TIMEOUT)
        assert not timer.is_alive()
