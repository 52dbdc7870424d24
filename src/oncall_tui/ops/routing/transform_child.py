"""The process that runs transforms: a program of its own, which needs nothing of this package.

    python -I transform_child.py DIRECTORY BYTES FOLDER…

It looks for packages in the folders, too, in their order. It reads frames (four bytes of length, then JSON) from its
standard input: `{"name": …, "event": {…}}`, and answers each with `{"value": …}` or `{"problem": …}`. `"retire": true`
in an answer says that it should be ended.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

GROUP = "oncall_tui.transforms"
LONGEST_ANSWER = 1 << 20
LOAD_WITHIN = 2  # seconds
HEADER = struct.Struct(">I")

Transform = Callable[[Any], Any]
Stamp = tuple[int, int]


class TooSlowToLoad(Exception):
    """A file of transforms did not finish loading."""


class Known:
    """Transforms by name: files of the directory first, read again when they change, then entry points."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._loaded: dict[str, tuple[Stamp | None, Transform]] = {}

    def warm(self) -> None:
        """Load every file there is; what can't be loaded says so when it is asked for."""
        for path in sorted(self._directory.glob("*.py")) if self._directory is not None else ():
            try:
                self.named(path.stem)
            except BaseException:  # noqa: BLE001, S112 - told to whoever asks for it
                continue

    def named(self, name: str) -> Transform:
        """The transform of this name. Raises whatever loading it raises, LookupError when there is none."""
        path = self._directory / f"{name}.py" if self._directory is not None else None
        if path is not None and path.is_file():
            return self._of_file(name, path)
        known = self._loaded.get(name)
        if known is not None and known[0] is None:
            return known[1]
        for found in entry_points(group=GROUP, name=name):
            transform: Transform = _within(found.load)
            self._loaded[name] = None, transform
            return transform
        where = f"file {name}.py or entry point" if self._directory is not None else "entry point"
        raise LookupError(f"there is no {where} of this name")

    def _of_file(self, name: str, path: Path) -> Transform:
        seen = path.stat()
        stamp = seen.st_mtime_ns, seen.st_size
        known = self._loaded.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        transform: Transform = _within(lambda: _load(name, path))
        self._loaded[name] = stamp, transform
        return transform


def _load(name: str, path: Path) -> Transform:
    loader = SourceFileLoader(f"oncall_transform_{name}", str(path))
    spec = spec_from_loader(loader.name, loader)
    if spec is None:
        raise LookupError(f"{path.name} can't be loaded")
    module = module_from_spec(spec)
    loader.exec_module(module)
    transform = getattr(module, "transform", None)
    if not callable(transform):
        raise LookupError(f"{path.name} has no function transform(event)")
    found: Transform = transform
    return found


def _within(load: Callable[[], Any]) -> Any:
    def alarm(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowToLoad(f"it did not load within {LOAD_WITHIN} s")

    before = signal.signal(signal.SIGALRM, alarm)
    signal.alarm(LOAD_WITHIN)
    try:
        return load()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answer(known: Known, asked: bytes) -> bytes:
    """The answer to one frame, whatever the transform does short of hanging or dying."""
    try:
        request = json.loads(asked)
        value = known.named(request["name"])(request["event"])
        written = json.dumps({"value": value}, allow_nan=False).encode("utf-8", "surrogatepass")
        if len(written) <= LONGEST_ANSWER:
            return written
        return _problem(f"it returned more than {LONGEST_ANSWER} bytes")
    except MemoryError:
        return json.dumps({"problem": "it used more memory than it may", "retire": True}).encode()
    except BaseException as error:  # noqa: BLE001 - whatever it raises is an answer
        return _problem(f"{type(error).__name__}: {_words(error)}")


def _words(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:300]
    except BaseException:  # noqa: BLE001 - an exception of the transform's own making
        return "(it can't be told)"


def _problem(text: str) -> bytes:
    return json.dumps({"problem": text}).encode()


def serve(known: Known, asks: BinaryIO, answers: BinaryIO) -> None:
    """Say that it is ready, then answer frames until there are no more."""
    _send(answers, b'{"ready": true}')
    while True:
        header = asks.read(HEADER.size)
        if len(header) < HEADER.size:
            return
        (length,) = HEADER.unpack(header)
        asked = asks.read(length)
        if len(asked) < length:
            return
        _send(answers, answer(known, asked))


def _send(answers: BinaryIO, frame: bytes) -> None:
    answers.write(HEADER.pack(len(frame)) + frame)
    answers.flush()


def main(directory: str, memory: int) -> None:
    """Serve on what were standard input and output; a transform that prints or reads finds nothing there."""
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    known = Known(Path(directory) if directory else None)
    known.warm()
    serve(known, asks, answers)


if __name__ == "__main__":
    sys.path.extend(folder for folder in sys.argv[3:] if folder not in sys.path)
    main(sys.argv[1], int(sys.argv[2]))
