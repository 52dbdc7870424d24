"""SNS beside us: a host that serves certificates and confirms subscriptions, and messages signed with its key."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID

from oncall_tui.intake.sources.sns import Envelope

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


def certificate_of(key: RSAPrivateKey, until: datetime = UNTIL) -> bytes:
    """A certificate in which the key vouches for itself, as PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(SINCE).not_valid_after(until)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass
class Cloud:
    """What stands at the certificate host: files by path, and every path that was asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))

    def message(self, kind: str = "Notification", *, version: str = "2", **fields: str) -> dict[str, Any]:
        """A message of SNS, signed."""
        self.files.setdefault("/cert.pem", certificate_of(self.key))
        message: dict[str, Any] = {
            "Type": kind,
            "MessageId": "m-1",
            "TopicArn": TOPIC,
            "Message": "disk full",
            "Timestamp": "2026-01-05T10:02:12.000Z",
            "SignatureVersion": version,
            "SigningCertURL": f"{self.url}/cert.pem",
        }
        if kind != "Notification":
            message |= {"Token": "t0k3n", "SubscribeURL": f"{self.url}/?Action=ConfirmSubscription&Token=t0k3n"}
        message |= fields
        algorithm = hashes.SHA1() if version == "1" else hashes.SHA256()
        signature = self.key.sign(Envelope(kind, message).signed, PKCS1v15(), algorithm)
        return message | {"Signature": base64.b64encode(signature).decode()}


@contextmanager
def cloud() -> Iterator[Cloud]:
    """The host, on a free port of loopback; every path it does not know answers 200 like a confirmation."""
    made = Cloud()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            body = made.files.get(self.path, b"<ConfirmSubscriptionResponse/>")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with _serving(Handler) as made.url:
        yield made


@contextmanager
def relay(target: str, change: Any) -> Iterator[str]:
    """A host that passes each post on, changed; what moto posts goes through it."""
    from tests.support.processes import post

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, _ = post(target, change(body), headers={"Content-Type": self.headers["Content-Type"]})
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with _serving(Handler) as url:
        yield url


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def alarm(state: str = "ALARM", **more: Any) -> str:
    """A CloudWatch alarm as the message of a notification."""
    told: Mapping[str, Any] = {
        "AlarmName": "checkout-5xx",
        "AlarmDescription": "More than 5 % of requests fail",
        "AWSAccountId": "123456789012",
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed",
        "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx",
        "OldStateValue": "OK",
        "Trigger": {"MetricName": "5XXError", "Dimensions": [{"name": "ApiName", "value": "checkout"}]},
    }
    return json.dumps({**told, **more})
