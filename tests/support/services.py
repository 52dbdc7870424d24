"""Local stand-ins for services whose addresses are fixed: same names, same TLS, another machine.

Apprise's plugins know api.twilio.com and the like by heart. Nothing of them is changed here: name resolution in this
process leads those names to a listener on loopback, whose certificate for them is signed by an authority that this
process is told to trust, by the variable that `requests` reads. So path, headers, body, TLS and the checking of the
host's name are the real ones.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


def server_context(folder: Path, hosts: Sequence[str]) -> tuple[ssl.SSLContext, Path]:
    """TLS for a server of these names, and the certificate of the authority that vouches for it."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ours = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    root = _builder(ours, ours, authority).add_extension(x509.BasicConstraints(True, None), critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    leaf = _builder(x509.Name([]), ours, key).add_extension(names, critical=True)
    (folder / "authority.pem").write_bytes(_pem(root.sign(authority, hashes.SHA256())))
    (folder / "server.pem").write_bytes(
        _pem(leaf.sign(authority, hashes.SHA256()))
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "authority.pem"


def lead(monkeypatch: pytest.MonkeyPatch, hosts: Sequence[str], port: int, authority: Path) -> None:
    """Let these names lead to this port of loopback, and no other name anywhere."""
    resolve = socket.getaddrinfo

    def led(host: Any, service: Any, *rest: Any, **named: Any) -> Any:
        if host in hosts:
            return resolve("127.0.0.1", port, *rest, **named)
        if host in ("127.0.0.1", "localhost"):
            return resolve(host, service, *rest, **named)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", led)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
