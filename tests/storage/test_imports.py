"""What the storage modules cost to import: the slow libraries stay out until they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("sqlalchemy.orm", "alembic", "cryptography", "psycopg", "textual", "fastapi", "apprise")


@pytest.mark.parametrize("module", ["engine", "tables", "revision", "migrate", "writer", "feed", "cipher"])
def test_importing_storage_loads_no_slow_library(module: str) -> None:
    program = f"import sys, oncall_tui.storage.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert [name for name in loaded if name.startswith(SLOW)] == []


def test_using_a_database_loads_neither_the_orm_nor_alembic() -> None:
    program = (
        "import sys, tempfile\n"
        "from sqlalchemy import select\n"
        "from oncall_tui.storage.engine import open_store\n"
        "from oncall_tui.storage.revision import current\n"
        "store = open_store(tempfile.mkdtemp() + '/oncall.db')\n"
        "store.create()\n"
        "print(current(store))\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert loaded[0] == "None"
    assert [name for name in loaded if name.startswith(SLOW)] == []
