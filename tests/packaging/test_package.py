"""What the package promises about itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CARD = ("textual", "sqlalchemy", "alembic", "httpx", "apprise", "croniter", "pytest", "pytest-asyncio")
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def declared() -> set[str]:
    """The names of everything that is declared."""
    lists = [PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"]]
    return {re.split(r"[\[<>=;~! ]", line)[0] for one in lists for line in one}


@cache
def imported(folder: str) -> set[str]:
    """The top-level modules that a folder's code imports."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", CARD)
def test_the_packages_of_the_card_are_declared(package: str) -> None:
    assert package in declared()


@pytest.mark.parametrize("package", [name for name in CARD if not name.startswith("pytest")])
def test_and_used(package: str) -> None:
    assert package in imported("src") | imported("migrations")


def test_pytest_asyncio_is_used() -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert re.search(r"^\s*async def test_", tests, re.MULTILINE)


def test_no_file_is_too_long() -> None:
    assert [str(path) for path in SOURCES if len(path.read_text().splitlines()) > 500] == []


def test_the_arrows_of_the_house_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_wheel_ships_the_migrations() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"migrations": "oncall_tui/migrations"}


def test_the_lock_names_only_the_public_index() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    sources = {package["source"].get("registry", "here") for package in lock["package"]}
    assert sources == {"here", "https://pypi.org/simple"}
