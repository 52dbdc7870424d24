"""The headless worker, put together: database, secrets, sender, HTTP intake."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import make_database, settings_of_flags
from oncall_tui.cli.frame.printing import say, say_json

if TYPE_CHECKING:
    from oncall_tui.intake.listener.server import IntakeServer
    from oncall_tui.ops.routing.transforms import Transforms
    from oncall_tui.settings import Settings
    from oncall_tui.storage.cipher import Cipher
    from oncall_tui.storage.engine import Store
    from oncall_tui.worker.process import Worker

Ready = Callable[[str], None]
FILE = click.Path(path_type=Path)


@click.command(cls=Verb)
@click.option("--listen", metavar="HOST:PORT", help="Where senders post; port 0 takes any. [default: 127.0.0.1:8080]")
@click.option("--no-intake", is_flag=True, help="Only escalate and deliver; other workers take events in.")
@click.option("--tls-cert", type=FILE, metavar="FILE", help="Serve https with this PEM certificate chain.")
@click.option("--tls-key", type=FILE, metavar="FILE", help="The certificate's key.")
def worker(listen: str | None, no_intake: bool, tls_cert: Path | None, tls_key: Path | None) -> int:
    """Take alerts in, escalate and page, until SIGTERM. Several workers may share a database."""
    gc.disable()  # a tenth of the start would be spent on looking through what stays; the worker settles that once
    try:
        return _work(listen, no_intake, tls_cert, tls_key)
    finally:
        gc.enable()


def _work(listen: str | None, no_intake: bool, tls_cert: Path | None, tls_key: Path | None) -> int:
    from oncall_tui.logs import set_up

    settings = settings_of_flags(listen=listen, tls_cert=tls_cert, tls_key=tls_key)
    set_up(settings.log_level, settings.log_format)
    make_database(settings)
    as_json = said().json
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def tell(address: str) -> None:
        if as_json:
            say_json({"ready": address or None}, compact=True)
        else:
            say(f"ready {address}".rstrip())

    return run_worker(settings, stop, intake=not no_intake, ready=tell)


def run_worker(settings: Settings, stop: threading.Event, *, intake: bool, ready: Ready) -> int:
    """Put a worker together and run it until `stop` is set; the exit status. `ready` gets the address, or nothing."""
    from oncall_tui.domain.delivery.bundling import Bundling
    from oncall_tui.notify.sender import AppriseSender
    from oncall_tui.ops.routing.transforms import Transforms
    from oncall_tui.storage.cipher import Cipher
    from oncall_tui.storage.engine import open_store
    from oncall_tui.storage.revision import require_head
    from oncall_tui.worker.process import Watch, Worker

    store = open_store(settings.database, busy_timeout=settings.busy_timeout, any_disk=settings.any_disk)
    try:
        require_head(store)
        cipher = Cipher.open(store, settings.secret_key_text, settings.secret_key_file)
        sender = AppriseSender()
        sender.warm()
        made = Worker(
            store,
            cipher,
            sender,
            lease=settings.lease,
            send_timeout=settings.send_timeout,
            bundling=Bundling(
                collect=timedelta(seconds=settings.digest_after), stale_after=timedelta(seconds=settings.stale_after)
            ),
            listen=settings.listen if intake else "",
            public_url=settings.public_url,
            watch=Watch(
                audit_every=settings.audit_every,
                internal_service=settings.internal_service,
                deadman_url=settings.deadman_url,
                deadman_every=settings.deadman_every,
            ),
        )
        if not intake:
            return made.run(None, ready=ready, stop=stop)
        with Transforms(settings.transforms) as transforms:
            transforms.warm()
            return made.run(_intake(settings, made, store, cipher, transforms), ready=ready, stop=stop)
    finally:
        store.close()


def _intake(settings: Settings, made: Worker, store: Store, cipher: Cipher, transforms: Transforms) -> IntakeServer:
    """The HTTP side over the worker's own writer."""
    from oncall_tui.domain.directory.people import Role
    from oncall_tui.intake.apis.alertmanager import Books
    from oncall_tui.intake.apis.sns import SnsGate
    from oncall_tui.intake.apis.sns.certificates import Certificates
    from oncall_tui.intake.app import build_app
    from oncall_tui.intake.doors.writer_door import WriterDoor
    from oncall_tui.intake.heartbeats import Hearing
    from oncall_tui.intake.listener.server import IntakeServer, read_listen
    from oncall_tui.intake.metrics import Metrics
    from oncall_tui.ops.answering import Answering, Links
    from oncall_tui.ops.feeds import calendar_at
    from oncall_tui.ops.figures import Figures, figures
    from oncall_tui.ops.session import Actor, Session
    from oncall_tui.worker.crashpoints import AFTER_ACCEPTED, armed, passing

    def counted() -> Figures:
        with store.read() as conn:
            return figures(conn, made.directory.world(conn), made.clock.now())

    def calendar(token: str) -> bytes | None:
        with store.read() as conn:
            return calendar_at(conn, made.directory, token, made.clock.now())

    nobody = Actor(username=None, role=Role.VIEWER, os_account="", via="answer page")
    house = Session(store, made.directory, made.clock, nobody, settings)
    books = Books(store, made.writer, made.directory, made.clock)
    metrics = Metrics(counted)
    app = build_app(
        WriterDoor(
            made.writer, made.directory, made.clock, unseal=cipher.unseal, transforms=transforms, quiet=metrics.quiet
        ),
        ailments=made.ailments,
        metrics=metrics,
        read_calendar=calendar,
        answering=Answering(house, Links(cipher, settings.public_url)),
        books=books,
        rest=house,
        sns=SnsGate(books, cipher.seal, Certificates(settings.fetch_allow)),
        ears=Hearing(made.writer, made.directory, made.clock),
        answered=partial(passing, AFTER_ACCEPTED) if armed(AFTER_ACCEPTED) else None,
    )
    server = IntakeServer(app, read_listen(settings.listen), tls_cert=settings.tls_cert, tls_key=settings.tls_key)
    if threading.current_thread() is threading.main_thread():
        # What a renewal's hook sends (`systemctl reload`); unheard, it would end the worker.
        signal.signal(signal.SIGHUP, lambda *_: server.reload_certificate())
    return server
