"""Hold a fresh install to its promise: healthy, ready, and an alert becomes a page that an acknowledgement ends.

Run by the Python of the environment that has the wheel and nothing of this repository. Argument: a folder to work in.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

ONCALL = str(Path(sys.executable).parent / "oncall")
PATIENCE = 30
CONFIG = """
version: 1
users: [{{username: ana, role: admin, contacts: [{{name: hook, url: "json://127.0.0.1:{port}/ana"}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 30s, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout}}]
"""


class Inbox(HTTPServer):
    """Where the pages go."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.pages: list[dict[str, str]] = []
        self.arrived = threading.Event()


class Hook(BaseHTTPRequestHandler):
    """Takes a page."""

    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.pages.append(json.loads(body))
        self.server.arrived.set()
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def oncall(*arguments: str) -> str:
    """Run a command of the install; its output."""
    done = subprocess.run([ONCALL, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise SystemExit(f"oncall {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def ask(url: str, body: object = None) -> tuple[int, str]:
    """GET, or POST JSON."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def state() -> str:
    """The first incident's state."""
    return str(json.loads(oncall("show", "1", "--json"))["state"])


def main(folder: Path) -> None:
    """Walk the whole way once."""
    os.environ |= {"ONCALL_DATABASE": str(folder / "oncall.db"), "ONCALL_SETTINGS": os.devnull}
    inbox = Inbox()
    threading.Thread(target=inbox.serve_forever, daemon=True).start()
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(port=inbox.server_port))
    oncall("db", "upgrade")
    key = json.loads(oncall("config", "apply", str(config), "--json"))["keys"]["monitor"]
    worker = subprocess.Popen([ONCALL, "worker", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        assert worker.stdout is not None
        address = worker.stdout.readline().split()[1].rstrip("/")
        for path in ("/healthz", "/readyz"):
            status, text = ask(address + path)
            print(f"{path}: {status} {text.strip()}")
            assert status == 200
        status, text = ask(f"{address}/in/generic/{key}", {"title": "deployed", "key": "k1"})
        print(f"alert: {status} {text}")
        assert status == 202
        assert inbox.arrived.wait(PATIENCE), "no page came"
        print(f"page: {inbox.pages[0]['title']}")
        oncall("--user", "ana", "ack", "1")
        assert state() == "acknowledged"
        oncall("--user", "ana", "resolve", "1")
        assert state() == "resolved"
        assert len(inbox.pages) == 1
        print("acknowledged, resolved, paged once")
    finally:
        worker.send_signal(signal.SIGTERM)
        status = worker.wait(PATIENCE)
    print(f"worker stopped: {status}")
    assert status == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
