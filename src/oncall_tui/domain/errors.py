"""The one tree of errors: each has a stable code, a sentence for a human, and the mend.

    OncallError
    ├── Refused              the rules forbid it (exit 1)
    │   ├── Unknown          no such object
    │   ├── LostRace         somebody else was first
    │   ├── Forbidden        the caller's role does not allow it
    │   └── Invalid          one nonsense value, with its path
    ├── InvalidMany          several Invalid at once
    ├── WrongRevision        the database is older or newer than the code (exit 1)
    ├── MissingFile          a file named by the user is not there (exit 2)
    └── Unavailable          a part we need is away (exit 3)
        ├── DatabaseAway
        └── PortInUse

The CLI maps `exit_status`, HTTP maps `http_status`, the terminal shows `sentence` and `mend`.
"""

from __future__ import annotations

from collections.abc import Iterable


class OncallError(Exception):
    """Something a human can understand and mend."""

    code = "error"
    exit_status = 1
    http_status = 500

    def __init__(self, sentence: str, *, mend: str = "", path: str = "", code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend
        self.path = path
        if code:
            self.code = code

    @property
    def parts(self) -> tuple[OncallError, ...]:
        """The single errors to show, one line each."""
        return (self,)


class Refused(OncallError):
    """The rules forbid what was asked."""

    code = "refused"
    http_status = 409


class Unknown(Refused):
    """The named object does not exist."""

    code = "unknown"
    http_status = 404


class LostRace(Refused):
    """Somebody else was first; the sentence says who."""

    code = "lost_race"


class Forbidden(Refused):
    """The caller's role does not allow it."""

    code = "forbidden"
    http_status = 403


class Invalid(Refused):
    """A value makes no sense; `path` says where it stands."""

    code = "invalid"
    http_status = 422


class InvalidMany(OncallError):
    """Everything that is wrong with one input, all at once."""

    code = "invalid"
    http_status = 422

    def __init__(self, errors: Iterable[OncallError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{e.path}: {e.sentence}" if e.path else e.sentence for e in self.errors))

    @property
    def parts(self) -> tuple[OncallError, ...]:
        return self.errors


class WrongRevision(OncallError):
    """The database and the code belong to different versions."""

    code = "wrong_revision"
    http_status = 503


class MissingFile(OncallError):
    """A file that the user named is not there or can't be read."""

    code = "missing_file"
    exit_status = 2


class NetworkDisk(OncallError):
    """The database lies where its locks do not hold."""

    code = "network_disk"


class Unavailable(OncallError):
    """A part that we need is away; asking again later may work."""

    code = "unavailable"
    exit_status = 3
    http_status = 503


class DatabaseAway(Unavailable):
    """The database can't be reached or does not answer."""

    code = "database_away"


class PortInUse(Unavailable):
    """Another process listens on the wanted port."""

    code = "port_in_use"
