"""A runbook written in Markdown: what is read of it, where it is shown, and which of its links can be clicked."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.texts import runbook
from oncall_tui.tui.boundary import LONGEST_LINK, safe_link, width_of
from oncall_tui.tui.presenters.incidents.runbook import runbook_lines
from oncall_tui.tui.presenters.line import Line, Tone
from oncall_tui.tui.tty.terminal import takes_links
from tests.tui.frozen import QUEUE, FrozenBackend
from tests.tui.hostile import EVIL
from tests.tui.test_app import opened

WRITTEN = """
# Checkout is *slow*

1. Look at [the board](https://grafana.example.com/d/checkout "the board"), then
   at the `payments` pods.
2. **Never** restart both\\*.
- [ ] told the shop

> It was the bank
> each time.

```sh
kubectl -n shop rollout restart deploy/checkout
```

![graph](https://example.com/graph.png) <b>html</b> <mailto:ops@example.com>
***
| pod | port |
"""
READ = """
  Checkout is slow

  1. Look at the board https://grafana.example.com/d/checkout, then
  at the payments pods.
  2. Never restart both*.
  • [ ] told the shop

  │ It was the bank
  │ each time.

    kubectl -n shop rollout restart deploy/checkout

  [picture: graph] https://example.com/graph.png <b>html</b> mailto:ops@example.com
  ────────────────────────────────────────
    | pod | port |
"""


def text_of(line: Line) -> str:
    """A line without its tones."""
    return "".join(piece.text for piece in line).rstrip()


def test_markdown_is_read_and_all_else_is_text() -> None:
    lines = runbook_lines(WRITTEN, 90)
    assert "\n".join(map(text_of, lines)).strip("\n") == READ.strip("\n")
    pieces = [piece for line in lines for piece in line]
    assert {piece.link for piece in pieces} - {""} == {
        "https://grafana.example.com/d/checkout",
        "mailto:ops@example.com",
    }, "a picture is named, not linked to"
    assert {piece.text for piece in pieces if piece.tone is Tone.STRONG} >= {"Checkout", "Never"}


@pytest.mark.parametrize("cells", [22, 40, 80])
def test_nothing_is_wider_than_its_room_and_nothing_of_it_is_lost(cells: int) -> None:
    long = "x" * 300
    lines = runbook_lines(f"{WRITTEN}\n{long}\n\n    {long}\n- {'漢' * 90}\n", cells)
    assert max(width_of(text_of(line)) for line in lines) <= cells
    shown = "".join(text_of(line).strip() for line in lines)
    assert shown.count("x") >= 600
    assert shown.count("漢") == 90


@pytest.mark.parametrize("sign", ["[", "`", "*", "_", "<https://", "![](", "- ", "> ", "\\", "|"])
def test_no_text_takes_long(sign: str) -> None:
    """Within a second of the processor's time; a search that tried every pair of signs would take minutes."""
    began = time.process_time()
    runbook_lines(sign * (20_000 // len(sign)), 80)
    runbook_lines(f"{sign} " * (20_000 // (len(sign) + 1)), 80)
    assert time.process_time() - began < 1


def test_a_hostile_runbook_is_only_text() -> None:
    for line in runbook_lines(f"# {EVIL}\n- {EVIL}\n    {EVIL}\n[{EVIL}](https://example.com/{EVIL})", 60):
        assert text_of(line).isprintable()
        assert not any(safe_link(piece.link) for piece in line)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://wiki.example.com/a?b=c#d", True),
        ("HTTP://example.com", True),
        ("mailto:ops@example.com", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("ssh://box", False),
        ("https://example.com/;rm", False),
        ("https://example.com/\x1b]8;;", False),
        ("https://example.com/\x07", False),
        ("https://ex\u0430mple.com", False),
        ("https://example.com/ x", False),
        ("https://example.com/" + "x" * LONGEST_LINK, False),
        ("", False),
    ],
)
def test_what_may_be_clicked(address: str, allowed: bool) -> None:
    assert safe_link(address) == (address if allowed else "")


@pytest.mark.parametrize(
    ("term", "taken"),
    [
        ("xterm-256color", True),
        ("tmux-256color", True),
        ("screen", True),
        ("linux", False),
        ("vt100", False),
        ("", False),
    ],
)
def test_where_links_are_written(term: str, taken: bool) -> None:
    assert takes_links({"TERM": term}) is taken


def test_a_config_file_holds_an_address_or_the_runbook_itself() -> None:
    assert runbook("https://wiki.example.com/x") == "https://wiki.example.com/x"
    assert runbook("\n# Do\nthis\n") == "# Do\nthis"
    for wrong in ("wiki.example.com/x", "javascript:alert(1)", "# one line", "a\nb\x1b", ""):
        with pytest.raises(Invalid):
            runbook(wrong)


async def test_o_goes_to_the_runbook_and_its_links_are_links() -> None:
    text = WRITTEN + "\n".join(f"step {n}\n" for n in range(60))
    backend = FrozenBackend((replace(QUEUE[0], runbook=text), replace(QUEUE[1], runbook=text), QUEUE[2]))
    async with opened(backend) as driver:
        driver.app.links = True
        await driver.press("o")
        await driver.until(lambda: driver.lines[3] == "  Runbook", "the runbook on top")
        assert "copied" not in driver.screen
        await driver.shows("Look at the board https://grafana.example.com/d/checkout")
        strips = driver.app.screen._compositor.render_strips()
        links = {part.style.link for strip in strips for part in strip if part.style and part.style.link}
        assert links == {"https://grafana.example.com/d/checkout", "mailto:ops@example.com"}
        await driver.press("g")
        await driver.shows("Runbook     below: o goes there")
        await driver.press("o")
        await driver.until(lambda: driver.lines[3] == "  Runbook", "the runbook on top again")
        await driver.press("escape", "j", "o")
        await driver.until(lambda: driver.lines[3] == "  Runbook" and driver.under_cursor == 411, "the next one's")
