"""`oncall demo`: put the throw-away house together, open the UI on it, take everything away at the end."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import make_database
from oncall_tui.cli.frame.printing import say, say_json
from oncall_tui.domain.errors import OncallError

if TYPE_CHECKING:
    from oncall_tui.cli.demo.inbox import Inbox, Received
    from oncall_tui.settings import Settings

ME = "ana"
READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 45.0
LAST_PAGES = 5


@click.command(cls=Verb)
@click.option("--headless-seconds", type=click.FloatRange(min=0), hidden=True, help="No UI: print what happens.")
@click.option("--pace", type=click.FloatRange(min=0), default=1.0, hidden=True, help="Stretches the story's pauses.")
def demo(headless_seconds: float | None, pace: float) -> None:
    """Try it: a team that does not exist, alerts that arrive, pages in a local inbox. Nothing is kept."""
    headless = headless_seconds is not None or not (sys.stdin.isatty() and sys.stdout.isatty())
    as_json = said().json
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if not headless:
        say("preparing the demo…")

    def tell(page: Received) -> None:
        if headless and as_json:
            say_json({"user": page.user, "contact": page.contact, "title": page.title}, compact=True)
        elif headless:
            say(str(page))

    with _house(tell, pace) as (settings, inbox):
        if headless:
            threading.Event().wait(headless_seconds)
        else:
            from oncall_tui.cli.verbs.house.terminal import run_terminal

            run_terminal(settings, remembers=False)
        pages = inbox.pages
    if not headless:
        say(f"the inbox got {len(pages)} pages, the last of them:" if pages else "the inbox got no page")
        for page in pages[-LAST_PAGES:]:
            say(f"  {page}")


@contextmanager
def _house(tell: Callable[[Received], None], pace: float) -> Iterator[tuple[Settings, Inbox]]:
    """A temporary directory with a database, an inbox, a worker and a story; all of it ends with the block."""
    from oncall_tui.cli.demo.inbox import Inbox
    from oncall_tui.cli.demo.story import Story
    from oncall_tui.ops.config import apply
    from oncall_tui.ops.session import open_session

    with ExitStack() as house:
        folder = Path(house.enter_context(tempfile.TemporaryDirectory(prefix="oncall-demo-")))
        house.enter_context(_logging_to(folder / "demo.log"))
        settings = _settings(folder)
        inbox = house.enter_context(Inbox(tell))
        keys = secrets.token_hex(16)
        make_database(settings)
        session = open_session(settings, via="demo")
        house.callback(session.close)
        apply(session, _team(inbox, keys))
        address = house.enter_context(_working(settings))
        story = Story(address, keys, inbox.place, session, pace=pace)
        story.begin()
        house.enter_context(_told(story.go_on))
        yield settings, inbox


def _settings(folder: Path) -> Settings:
    """Settings that know nothing of this host's own."""
    from oncall_tui.settings import load_settings

    flags = {"database": str(folder / "oncall.db"), "user": ME, "listen": "127.0.0.1:0"}
    return load_settings(flags, {}, Path(os.devnull))


def _team(inbox: Inbox, keys: str) -> str:
    text = files("oncall_tui.cli.demo").joinpath("team.yaml").read_text(encoding="utf-8")
    return text.replace("INBOX", f"json://{inbox.place}").replace("KEY", keys)


@contextmanager
def _working(settings: Settings) -> Iterator[str]:
    """A real worker in a thread; its address."""
    from oncall_tui.cli.verbs.house.worker import run_worker

    stop, ready = threading.Event(), threading.Event()
    address: list[str] = []
    failed: list[OncallError] = []

    def tell(url: str) -> None:
        address.append(url)
        ready.set()

    def work() -> None:
        try:
            run_worker(settings, stop, intake=True, ready=tell)
        except OncallError as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="worker", daemon=True)
    thread.start()
    try:
        ready.wait(READY_WITHIN)
        if not address:
            raise OncallError("the demo's worker did not start", mend="try again") from (failed[0] if failed else None)
        yield address[0]
    finally:
        stop.set()
        thread.join(STOP_WITHIN)


@contextmanager
def _told(story: Callable[[threading.Event], None]) -> Iterator[None]:
    """The story goes on in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=story, args=(stop,), name="story", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_WITHIN)


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """The process's logs go to a file while the screen is in use."""
    handler = logging.FileHandler(file, encoding="utf-8")
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as on ctrl+c, so that everything is taken away."""
    raise KeyboardInterrupt
