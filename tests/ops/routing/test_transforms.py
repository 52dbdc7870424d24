"""Transforms in real processes: whatever they do, an answer comes in time and the next one is served."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.routing.routing import Wanted
from oncall_tui.ops.routing import transforms as pool
from oncall_tui.ops.routing.transform_child import Known, answer
from oncall_tui.ops.routing.transforms import Transforms

GOOD = "def transform(event):\n    event['title'] = event['title'].upper()\n    return event\n"
FILES = {
    "good": GOOD,
    "raises": "def transform(event):\n    raise ValueError('no\\nsuch thing')\n",
    "exits": "import sys\ndef transform(event):\n    sys.exit(3)\n",
    "dies": "import os\ndef transform(event):\n    os._exit(9)\n",
    "hangs": "def transform(event):\n    while True: pass\n",
    "sleeps": "import time, signal\ndef transform(event):\n    signal.alarm(0)\n    time.sleep(600)\n",
    "eats": "def transform(event):\n    held = []\n    while True: held.append(bytearray(16 << 20))\n",
    "none": "def transform(event):\n    pass\n",
    "object": "def transform(event):\n    return {'title': object()}\n",
    "nan": "def transform(event):\n    return {'title': float('nan')}\n",
    "huge": "def transform(event):\n    return {'title': 'x' * (2 << 20)}\n",
    "deep": "def transform(event):\n    r = x = {}\n    for _ in range(100000): x['a'] = x = {}\n    return r\n",
    "prints": "import sys\ndef transform(event):\n    print('noise'); sys.stderr.write('x'); input\n    return event\n",
    "broken": "def transform(event)\n",
    "unnamed": "def tranform(event): return event\n",
    "slow_to_load": "while True: pass\n",
    "environ": "import os\ndef transform(event):\n    return {'title': ' '.join(sorted(os.environ))}\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("transforms")
    for name, text in FILES.items():
        if name != "slow_to_load":
            (made / f"{name}.py").write_text(text)
    return made


@pytest.fixture(scope="module")
def transforms(folder: Path) -> Iterator[Transforms]:
    # The limit is wide: what is tried is that it ends, not how quick this machine is.
    with Transforms(folder, processes=1, within=5.0, memory=256 << 20) as made:
        yield made


def asked(name: str, title: str = "5xx", payload: object = None) -> Wanted:
    event = Event(action=Action.TRIGGER, dedup_key="k", title=title, labels={"team": "pay"})
    return Wanted(name, Seen(event, "checkout", "monitor", "generic", payload))


def test_it_gets_a_dict_and_its_dict_comes_back(transforms: Transforms) -> None:
    done = transforms.run(asked("good", payload={"a": [1, None, "é\ud800"]}))
    assert done.problem is None
    assert isinstance(done.value, dict)
    assert (done.value["title"], done.value["labels"], done.value["service"]) == ("5XX", {"team": "pay"}, "checkout")
    assert done.value["payload"] == {"a": [1, None, "é\ud800"]}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("raises", "ValueError: no such thing"),
        ("exits", "SystemExit: 3"),
        ("object", "not JSON serializable"),
        ("nan", "not JSON compliant"),
        ("huge", "more than 1048576 bytes"),
        ("deep", "RecursionError"),
        ("broken", "SyntaxError"),
        ("unnamed", "has no function transform(event)"),
        ("nowhere", "there is no file nowhere.py or entry point of this name"),
        ("dies", "died"),
        ("eats", "memory"),
    ],
)
def test_what_fails_says_why_and_the_next_is_served(transforms: Transforms, name: str, why: str) -> None:
    done = transforms.run(asked(name))
    assert done.problem is not None
    assert why in done.problem
    assert transforms.run(asked("good")).problem is None


def test_what_it_prints_goes_nowhere(transforms: Transforms) -> None:
    assert transforms.run(asked("prints")).problem is None
    assert transforms.run(asked("none")).value is None


def test_it_sees_nothing_of_our_environment(transforms: Transforms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCALL_SECRET_KEY", "secret")
    with Transforms(transforms._directory, processes=1, within=5.0) as fresh:
        done = fresh.run(asked("environ"))
    assert isinstance(done.value, dict)
    assert "ONCALL" not in done.value["title"]


@pytest.mark.parametrize("name", ["hangs", "sleeps"])
def test_a_hang_is_killed_in_time(folder: Path, name: str) -> None:
    with Transforms(folder, processes=1, within=3.0) as transforms:
        assert transforms.run(asked("good")).problem is None
        [child] = transforms._all
        transforms.within = 0.5
        began = time.monotonic()
        assert transforms.run(asked(name)).problem == "it did not answer in time"
        assert time.monotonic() - began < 3.0
        with pytest.raises(ProcessLookupError):
            os.kill(child._process.pid, 0)
        transforms.within = 5.0
        assert transforms.run(asked("good")).problem is None


def test_one_that_hangs_again_and_again_rests(folder: Path) -> None:
    with Transforms(folder, processes=1, within=5.0) as transforms:
        for _ in range(pool.HANGS_IN_A_ROW):
            assert transforms.run(asked("good")).problem is None  # a process that is ready
            transforms.within = 0.3
            transforms.run(asked("hangs"))
            transforms.within = 5.0
        assert "rests" in str(transforms.run(asked("hangs")).problem)
        assert transforms.run(asked("good")).problem is None


def test_a_full_pool_lets_events_go_on(folder: Path) -> None:
    with Transforms(folder, processes=1, within=1.0) as transforms:
        waiting = [transforms.submit(asked("hangs")) for _ in range(pool.MOST_WAITING + 1)]
        assert waiting[-1].result(timeout=0).problem == "every process is busy"
        assert {done.result(timeout=20).problem for done in waiting[1:-1]} <= {
            "every process is busy",
            "it did not answer in time",
            "its process is still starting",
        }


def test_closed_it_answers_still(folder: Path) -> None:
    transforms = Transforms(folder, processes=1)
    transforms.close()
    assert transforms.run(asked("good")).problem == "every process is busy"


def test_a_changed_file_counts_from_the_next_event_on(tmp_path: Path) -> None:
    file = tmp_path / "tidy.py"
    file.write_text(GOOD)
    known = Known(tmp_path)
    known.warm()
    frame = b'{"name": "tidy", "event": {"title": "a"}}'
    assert answer(known, frame) == b'{"value": {"title": "A"}}'
    file.write_text("def transform(event):\n    return {'title': 'changed'}\n")
    assert answer(known, frame) == b'{"value": {"title": "changed"}}'


def test_one_that_does_not_load_in_time_keeps_no_other_waiting(tmp_path: Path) -> None:
    (tmp_path / "a_first.py").write_text(FILES["slow_to_load"])
    (tmp_path / "good.py").write_text(GOOD)
    with Transforms(tmp_path, processes=1, within=9.0) as transforms:
        assert transforms.run(asked("good")).problem is None
        assert "TooSlowToLoad" in str(transforms.run(asked("a_first")).problem)
