"""The listener's certificate: read at the start, and again when its files change; no connection is dropped for it."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from oncall_tui.domain.errors import Invalid, MissingFile, OncallError

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds


class Certificate:
    """A certificate chain and its key. Connections that are open keep what they began with; new ones get the newest.

    Raises MissingFile and Invalid when made of files that serve nothing; later such files are logged, and the
    certificate that is served goes on.
    """

    def __init__(self, cert: Path, key: Path | None) -> None:
        self._cert = cert
        self._key = key
        self._seen = self._state()
        self.context = _context(cert, key)

    def look(self) -> bool:
        """Load the files again if they have changed; whether new ones are served. Call it in the listener's thread."""
        state = self._state()
        if state == self._seen:
            return False
        return self.reload()

    def reload(self) -> bool:
        """Load the files again; whether they are served from now on. Call it in the listener's thread."""
        self._seen = self._state()
        try:
            _context(self._cert, self._key)  # a chain without its key, once loaded, would end every new connection
            self.context.load_cert_chain(self._cert, self._key)
        except (OncallError, ssl.SSLError, OSError) as error:
            log.warning("the new TLS certificate is not served, the old one goes on: %s", error)
            return False
        log.info("the TLS certificate %s was loaded again", self._cert)
        return True

    def _state(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp(file) for file in (self._cert, self._key) if file is not None)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _context(cert: Path, key: Path | None) -> ssl.SSLContext:
    for file in (cert, key):
        if file is not None and not file.is_file():
            raise MissingFile(f"there is no file {file}", mend="check --tls-cert and --tls-key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise Invalid(
            f"{cert} and its key make no TLS certificate: {error}", mend="give a PEM chain and its key", path="tls_cert"
        ) from error
    return context
