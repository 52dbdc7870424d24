"""Secrets at rest: what is sealed here can be read only with the key, which never lies in the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, insert, select

from oncall_tui.domain.errors import MissingFile, Refused
from oncall_tui.storage.drivers.address import Address, SqliteAddress, read_address
from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import meta

KEY_SUFFIX = ".key"
SHORTEST_SECRET = 32

_CHECK = "cipher_check"
_CHECK_TEXT = "oncall-tui"
_MEND_KEY = "set ONCALL_SECRET_KEY to the output of `openssl rand -base64 32`"


class Cipher:
    """Seals and unseals text with one key (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, secret: str) -> None:
        """A cipher whose key comes from `secret`; Refused when that is too short to be one."""
        if len(secret) < SHORTEST_SECRET:
            raise Refused(
                f"the secret key has fewer than {SHORTEST_SECRET} characters", mend=_MEND_KEY, code="weak_secret_key"
            )
        # The secret is random text, not a password: one HMAC is enough to give it Fernet's form.
        self._key = base64.urlsafe_b64encode(hmac.digest(b"oncall-tui sealed columns", secret.encode(), "sha256"))
        self._signing_key = hmac.digest(b"oncall-tui signed links", secret.encode(), "sha256")

    def __repr__(self) -> str:
        return "<Cipher>"

    @classmethod
    def open(
        cls, where: Store | str, secret_key: str | None = None, secret_key_file: str | Path | None = None
    ) -> Cipher:
        """The cipher of a database; of an open store it is confirmed to be the right one, see `confirm`.

        `secret_key` wins, then the file named; SQLite without either has a key file beside it, made on first use for
        its owner alone. PostgreSQL needs one of the two (Refused). MissingFile when the named file can't be read.
        """
        address = where.address if isinstance(where, Store) else read_address(where)
        cipher = cls(_secret(address, secret_key, secret_key_file))
        if isinstance(where, Store):
            cipher.confirm(where)
        return cipher

    def seal(self, text: str) -> str:
        """The text as it may lie in the database."""
        from cryptography.fernet import Fernet

        return Fernet(self._key).encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The text that was sealed; Refused when it was sealed with another key or changed since."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            return Fernet(self._key).decrypt(sealed).decode()
        except InvalidToken:
            raise _wrong_key() from None

    def fingerprint(self, text: str) -> str:
        """The same for the same text and key, so that a sealed text can be found again; tells nobody else anything."""
        return f"hmac-sha256:{hmac.digest(self._key, text.encode(), 'sha256').hex()}"

    def signature(self, message: bytes) -> bytes:
        """HMAC-SHA256 over a message, by a key that nothing else is made with: only this house can have signed it."""
        return hmac.digest(self._signing_key, message, "sha256")

    def confirm(self, store: Store) -> None:
        """Nothing when this is the database's key, Refused when it is another. The first key becomes the one."""
        with store.read() as conn:
            check = _check_of(conn)
        if check is None:
            with store.write() as conn:
                check = self._leave_check(conn)
        if self.unseal(check) != _CHECK_TEXT:
            raise _wrong_key()

    def _leave_check(self, conn: Connection) -> str:
        if conn.dialect.name == "postgresql":
            # Two processes may start on an empty database at once; only one key may become its key.
            conn.exec_driver_sql("LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE")
        check = _check_of(conn)
        if check is None:
            check = self.seal(_CHECK_TEXT)
            conn.execute(insert(meta).values(key=_CHECK, value=check))
        return check


def digest(key: str) -> str:
    """How an API or integration key is stored: `sha256:` and its hash. Long random keys need no salt."""
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _check_of(conn: Connection) -> str | None:
    return conn.execute(select(meta.c.value).where(meta.c.key == _CHECK)).scalar_one_or_none()


def _wrong_key() -> Refused:
    return Refused(
        "the secret key is not the one this database was sealed with",
        mend="give the key it was made with (ONCALL_SECRET_KEY, secret_key_file, or the .key file beside the database)",
        code="wrong_secret_key",
    )


def key_file(address: Address, secret_key: str | None, secret_key_file: str | Path | None) -> Path | None:
    """Where the database's secret key lies, or would; None when it is in no file."""
    if secret_key:
        return None
    if secret_key_file:
        return Path(secret_key_file).expanduser()
    return address.path.with_name(address.path.name + KEY_SUFFIX) if isinstance(address, SqliteAddress) else None


def _secret(address: Address, secret_key: str | None, secret_key_file: str | Path | None) -> str:
    if secret_key:
        return secret_key.strip()
    path = key_file(address, secret_key, secret_key_file)
    if path is None:
        raise Refused("a PostgreSQL database needs a secret key", mend=_MEND_KEY, code="no_secret_key")
    if not secret_key_file:
        _make(path)
    return _read(path)


def _make(path: Path) -> None:
    """Make the key file, whole or not at all; whoever comes second uses the first one's."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, f"{secrets.token_urlsafe(48)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        # A link fails when the file is there, where a rename would replace it.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & stat.S_IRWXO:
            raise Refused(
                f"everybody on this host can open the secret key {path}",
                mend=f"chmod o-rwx {path}",
                code="open_secret_key",
            )
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFile(f"the secret key file {path} can't be read", mend="check its path and permissions") from error
