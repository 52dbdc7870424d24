"""A real Chromium as a phone: spoken to over a pipe (the DevTools protocol), scripts switched off."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE = 60.0  # seconds for one answer: a cold start on a busy machine takes several


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element stands, in CSS pixels from the corner of what is in view."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Chromium:
    """One page in one headless browser. Use it as a context manager."""

    def __init__(self, profile: Path, *, width: int = 390, height: int = 844) -> None:
        ours, theirs = os.pipe(), os.pipe()
        reads, writes = (_high(fd) for fd in (ours[0], theirs[1]))
        self._to, self._from = ours[1], theirs[0]
        flags = [
            "--headless",
            "--no-sandbox",  # tests may run as root, where the sandbox refuses to start
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # it speaks with this machine alone
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
            "about:blank",
        ]
        # The browser reads at 3 and writes at 4; only a shell can put them there for us (dash knows no two-digit ones).
        command = ["bash", "-c", f'exec chromium "$@" 3<&{reads} 4>&{writes}', "bash", *flags]
        self._process = subprocess.Popen(
            command,
            pass_fds=(reads, writes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for fd in (reads, writes):
            os.close(fd)
        self._size = (width, height)
        self._calls = 0
        self._read = b""
        self._events: list[dict[str, Any]] = []
        self._session: str | None = None

    def __enter__(self) -> Chromium:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        width, height = self._size
        for method in ("Page.enable", "DOM.enable", "Network.enable", "Log.enable"):
            self._call(method)
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)
        self._call("Emulation.setScriptExecutionDisabled", value=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session = None
        try:
            self._call("Browser.close")
        finally:
            os.close(self._to)
            os.close(self._from)
            try:
                self._process.wait(PATIENCE / 6)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def dark(self, dark: bool) -> None:
        """What the phone's owner prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Go to a page and wait until it is whole."""
        self._forget()
        self._call("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def text(self) -> str:
        """The page's HTML as the browser has it now."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        html: str = self._call("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        return html

    def boxes(self, selector: str) -> list[Box]:
        """Where the elements stand, as laid out."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        found = self._call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
        quads = [self._call("DOM.getBoxModel", nodeId=node)["model"]["border"] for node in found]
        return [Box(quad[0], quad[1], quad[4] - quad[0], quad[5] - quad[1]) for quad in quads]

    def tap(self, box: Box) -> None:
        """Press in its middle, and wait for the page that comes of it."""
        self._forget()
        at = {"x": box.left + box.width / 2, "y": box.top + box.height / 2, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, **at)
        self._wait_for("Page.loadEventFired")

    @property
    def width(self) -> float:
        """How wide the page is, scrolled or not."""
        width: float = self._call("Page.getLayoutMetrics")["cssContentSize"]["width"]
        return width

    @property
    def asked_for(self) -> list[str]:
        """The methods and addresses requested since the last `open` or `tap`."""
        sent = [event["params"]["request"] for event in self._events if event["method"] == "Network.requestWillBeSent"]
        return [f"{request['method']} {request['url']}" for request in sent]

    @property
    def complaints(self) -> list[str]:
        """What the browser did not like, such as breaches of the page's policy."""
        return [event["params"]["entry"]["text"] for event in self._events if event["method"] == "Log.entryAdded"]

    def picture(self) -> bytes:
        """What is in view, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def _forget(self) -> None:
        self._events.clear()

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._calls += 1
        number = self._calls
        message = {"id": number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._next(until, method)
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def _wait_for(self, event: str) -> None:
        until = time.monotonic() + PATIENCE
        while not any(seen.get("method") == event for seen in self._events):
            self._events.append(self._next(until, event))

    def _next(self, until: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"the browser did not answer {what}"
            part = os.read(self._from, 1 << 16)
            assert part, f"the browser ended before it answered {what}"
            self._read += part
        whole, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(whole)
        return message


def _high(fd: int) -> int:
    """The same pipe's end at a number out of the way of 3 and 4."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD, 10)
    os.close(fd)
    return moved
