"""The certificates that SNS signs with: fetched from where they may be, kept for a day."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from oncall_tui.addresses import NONE_ALLOWED, Allowed
from oncall_tui.domain.errors import Unavailable
from oncall_tui.domain.intake.origins import Origin, origin_of
from oncall_tui.intake.sources.sns import Envelope
from oncall_tui.net import fetch

FETCH_WITHIN = 5.0  # seconds; SNS waits 15 for an answer
CERTIFICATE_LIMIT = 64 << 10
KEPT = 64
KEPT_FOR = 86_400.0  # seconds
_HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}  # SNS's SignatureVersion; nothing else is offered


class NotSigned(Exception):
    """The message is not SNS's own, or changed on its way; the text says why."""


class Certificates:
    """Checks signatures. Its cache holds only what was fetched from a believed origin."""

    def __init__(self, allowed: Allowed = NONE_ALLOWED) -> None:
        """`allowed`: private places that may be fetched from, as where SNS is reached inside one's own cloud."""
        self.allowed = allowed
        self._kept: OrderedDict[str, tuple[float, x509.Certificate]] = OrderedDict()

    async def check(self, envelope: Envelope, listed: Sequence[str], now: datetime, monotonic: float) -> None:
        """Return when the signature fits. Raises NotSigned, or Unavailable when the certificate can't be had now."""
        algorithm = _HASHES.get(str(envelope.fields.get("SignatureVersion", "")))
        if algorithm is None:
            raise NotSigned("its SignatureVersion is neither 1 nor 2")
        if not envelope.text("Signature"):
            raise NotSigned("it bears no Signature")
        try:
            signature = base64.b64decode(envelope.text("Signature"), validate=True)
        except (binascii.Error, ValueError):
            raise NotSigned("its Signature is no base64") from None
        url = envelope.text("SigningCertURL") or envelope.text("SigningCertUrl")
        certificate = await self._certificate(url, listed, monotonic)
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NotSigned("its certificate is not valid now")
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise NotSigned("its certificate holds no RSA key")
        try:
            key.verify(signature, envelope.signed, PKCS1v15(), algorithm())
        except InvalidSignature:
            raise NotSigned("its signature does not fit") from None

    async def _certificate(self, url: str, listed: Sequence[str], monotonic: float) -> x509.Certificate:
        # Judged before the cache is asked: another integration may have listed what this one has not.
        origin = origin_of(url, listed)
        if origin is None or not url.endswith(".pem"):
            raise NotSigned("its certificate is not at an address of SNS")
        known = self._kept.get(url)
        if known is not None and monotonic - known[0] < KEPT_FOR:
            return known[1]
        answer = await asyncio.to_thread(
            fetch,
            "GET",
            url,
            timeout=FETCH_WITHIN,
            max_bytes=CERTIFICATE_LIMIT,
            allow_private=origin is Origin.LISTED,
            allowed=self.allowed,
        )
        if answer.status != 200:
            raise Unavailable(f"the certificate's host answered {answer.status}", mend="let it be sent again")
        try:
            certificate = x509.load_pem_x509_certificate(answer.body)
        except ValueError:
            raise NotSigned("its certificate can't be read") from None
        self._kept[url] = (monotonic, certificate)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return certificate
