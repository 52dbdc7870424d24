"""Nothing a sender wrote acts on a terminal: the very bytes of every screen, with hostile text in every field."""

from __future__ import annotations

import ast
import base64
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from oncall_tui.tui.widgets.field import Field
from tests.support.terminal import Terminal
from tests.tui.hostile import EVIL
from tests.tui.test_bytes import REST, ROOT, environment

# Everything the program itself may send: colours and moves, switches of modes, questions, its own OSC sequences.
_OURS = re.compile(
    r"\x1b\[[0-9;]*[mHJKABCDn]"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]|\x1b\[\?(?:2026|2048)\$p"
    r"|\x1b\[[<>=][0-9;]*u|\x1b\[c"
    r"|\x1b\](?:2|8|9|22|52|777);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)"
)
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

WALK = (
    *("enter", "escape", "2", "right", "down", "?", "escape", "3", "enter", "escape", "right"),
    *("4", "enter", "escape", "5", "enter", "escape", "6", "enter", "escape", "7"),
    *("down", "down", "down", "down", "enter", "escape"),
    *("1", "ctrl+p", "escape", "?", "escape", "y", "o", "escape", "s", "b", "tab", "enter"),
    *("e", "escape", "a", ":", "assign ", "tab", "escape", "r", "escape", "n", "x", "enter", "c", "enter", "escape"),
    *("/", " service:", "tab", "enter", "/", "ctrl+u", "enter", "u", "A", "escape", "v", "tab", "escape"),
    *("2", "t", "escape", "o", "escape", "E", "enter", "escape", "escape", "escape", "3", "t", "v", "escape"),
)


@pytest.mark.unmeasured
@pytest.mark.timeout(120)
@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_nothing_but_visible_marks_reaches_the_terminal(size: tuple[int, int]) -> None:
    with Terminal([sys.executable, "-m", "tests.tui.hostile"], environment(), columns=size[0], rows=size[1]) as opened:
        opened.wait_for("␛[?1337h")
        opened.press("o")
        opened.wait_for("[picture:")
        opened.settle(REST)
        opened.press("escape")
        for key in WALK:
            opened.press(key)
            opened.settle(0.05)
            assert opened.process.poll() is None, f"{key}: {opened.screen}"
        opened.press("ctrl+q")
        opened.settle(REST)
        opened.wait_ended()
    written = bytes(opened.raw).decode()
    assert "Traceback" not in written
    for clipboard in re.findall(r"\x1b\]52;c;([^\x07]*)\x07", written):
        assert base64.b64decode(clipboard).decode().isprintable(), "and so is what is copied"
    links = {address for _, address in re.findall(r"\x1b\]8;([^;]*);([^\x07\x1b]*)", written)} - {""}
    assert links == {"https://wiki.example.com/burns", "mailto:ops@example.com"}, "and nothing else can be clicked"
    rest = _OURS.sub("", written).replace("\r", "").replace("\n", "").replace("\a", "")
    odd = {f"U+{ord(one):04X}" for one in rest if unicodedata.category(one) in _UNSEEN}
    assert not odd, (odd, [rest[max(0, at.start() - 60) : at.end() + 20] for at in re.finditer("\x1b", rest)][:5])


async def test_what_is_put_into_a_field_to_be_changed_is_made_safe() -> None:
    class Form(App[None]):
        def compose(self) -> ComposeResult:
            yield Field(id="name")

        def get_css_variables(self) -> dict[str, str]:
            return super().get_css_variables() | {"oncall-back": "black", "oncall-text": "white"}

    async with Form().run_test(size=(400, 3)) as pilot:
        field = pilot.app.query_one(Field)
        field.value = f"nights {EVIL}"
        await pilot.pause()
        drawn = "".join(field.render_line(0).text)
        assert drawn.startswith("nights ␛[?1337h␛]52;c;")
        assert not {one for one in drawn if unicodedata.category(one) in _UNSEEN}
        field.value = "Schönefeld, 漢字"
        assert field.value == "Schönefeld, 漢字", "what anybody can read stays as it is"


def test_the_text_is_as_hostile_as_it_should_be() -> None:
    assert _OURS.sub("", EVIL).count("\x1b") >= 3
    assert {unicodedata.category(one) for one in EVIL} >= {"Cc", "Cf", "Zl"}


# The one boundary is `LineView`: whatever else Textual or Rich would draw gets no text from outside.

_RENDERERS = {
    *("Static", "Label", "Markdown", "DataTable", "OptionList", "ListView", "Log", "RichLog", "Tree", "Button"),
    *("Content", "Header", "Footer", "Tooltip", "Toast", "Digits", "Pretty", "Tabs", "TabPane", "Select", "Checkbox"),
}
_CALLS = {"notify", "from_markup", "render_markup"}
_NAMES = {"markup", "border_title", "border_subtitle", "tooltip", "sub_title"}
_MODULES = sorted((ROOT / "src/oncall_tui/tui").rglob("*.py"))


def bare(tree: ast.AST) -> list[str]:
    """What would hand a text to a renderer that obeys it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual", "rich")):
            found += [f"{node.lineno}: imports {one.name}" for one in node.names if one.name in _RENDERERS]
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = {word.arg for word in node.keywords}
            if called in _CALLS | _RENDERERS:
                found.append(f"{node.lineno}: calls {called}")
            found += [f"{node.lineno}: passes {name}=" for name in _NAMES & said]
            if "placeholder" in said:
                given = next((word.value for word in node.keywords if word.arg == "placeholder"), None)
                table = given.value if isinstance(given, ast.Subscript) else given
                if not isinstance(table, ast.Constant) and not (isinstance(table, ast.Name) and table.id != "text"):
                    found.append(f"{node.lineno}: a placeholder that is no constant")
        elif isinstance(node, ast.Assign):
            named = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
            found += [f"{node.lineno}: sets {name}" for name in _NAMES & named]
        elif isinstance(node, ast.FunctionDef) and node.name == "render":
            found.append(f"{node.lineno}: renders by itself")
    return found


@pytest.mark.parametrize("module", _MODULES, ids=lambda path: str(path.relative_to(ROOT / "src/oncall_tui/tui")))
def test_no_bare_text_is_handed_to_another_renderer(module: Path) -> None:
    assert bare(ast.parse(module.read_text())) == []


@pytest.mark.parametrize(
    "code",
    [
        "from textual.widgets import Static",
        "self.app.notify(row.title)",
        "Input(placeholder=row.title)",
        "Bar(markup=True)",
        "self.border_title = row.title",
        "class X(Widget):\n    def render(self):\n        return self.row.title",
    ],
)
def test_bare_text_is_found(code: str) -> None:
    assert bare(ast.parse(code))
