"""SQLAlchemy's compiled statements, kept for the whole run.

Each engine has a cache of its own and each test an engine of its own: putting the same few hundred statements into
words again was two thirds of what a test on a database cost. All engines of one driver write the same words.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, util

_STATEMENTS = 4000


class _OfEveryEngine(util.LRUCache[Any, Any]):
    """Takes the driver's name for the dialect, which each engine makes anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_by_driver(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_by_driver(key), value)


def _by_driver(key: Any) -> Any:
    dialect, *others = key
    return (dialect.name, dialect.driver, *others)


def share_among_engines() -> None:
    """From now on every engine of this process, also those made before, uses one cache."""
    shared = _OfEveryEngine(_STATEMENTS)
    Engine._compiled_cache = property(lambda _: shared, lambda _, own: None)  # type: ignore[assignment]
