"""One piece of work for many things in a transaction; when one of them spoils it, each is done by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.storage.drivers.away import away
from oncall_tui.storage.drivers.direct import driver, usable

T = TypeVar("T")
R = TypeVar("R")


def together(
    conn: Connection, work: Callable[[Connection, Sequence[T]], Sequence[R | Exception]], things: Sequence[T]
) -> Sequence[R | Exception]:
    """What `work` makes of each of the things; where it raises for all of them, what it makes of each alone.

    One that makes it raise alone has its error for a result, and nothing of it is kept. What means that the database is
    away is raised.
    """
    if len(things) == 1:
        return work(conn, things)
    try:
        try:
            return _kept_apart(conn, lambda: work(conn, things))
        except Exception:  # noqa: BLE001 - whose it is comes out below
            return [_alone(conn, work, thing) for thing in things]
    except _Over as over:
        raise over.error from None


def _alone(
    conn: Connection, work: Callable[[Connection, Sequence[T]], Sequence[R | Exception]], thing: T
) -> R | Exception:
    try:
        return _kept_apart(conn, lambda: work(conn, [thing]))[0]
    except Exception as error:  # noqa: BLE001 - it is the answer to who asked for this one
        return error


def _kept_apart(conn: Connection, work: Callable[[], R]) -> R:
    link = driver(conn)
    link.execute("SAVEPOINT together")
    try:
        done = work()
    except Exception as error:
        if away(error, "") is not None or not usable(conn):
            raise _Over(error) from error
        link.execute("ROLLBACK TO SAVEPOINT together")
        link.execute("RELEASE SAVEPOINT together")
        raise
    link.execute("RELEASE SAVEPOINT together")
    return done


class _Over(BaseException):
    """The transaction is over: nothing more can be tried in it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error
