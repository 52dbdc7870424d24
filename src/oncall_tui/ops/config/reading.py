"""From text to entries: the shape of a config file, every problem of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.entries.base import PARTIAL
from oncall_tui.ops.config.entries.document import SECTIONS, Config
from oncall_tui.ops.config.filling import fill
from oncall_tui.ops.config.problems import shape_problems
from oncall_tui.ops.config.texts import what
from oncall_tui.ops.config.yaml.reading import read_yaml

_VERSION = "this format is version 1"


@dataclass(frozen=True, slots=True)
class Shaped:
    """The entries of a file without what is wrong with them, and what is wrong."""

    config: Config
    problems: tuple[Invalid, ...]


def read_shape(text: str) -> Shaped:
    """The entries that a text holds. Raises Invalid only where it is no YAML or no mapping at all."""
    tree = read_yaml(text)
    if not isinstance(tree, dict):
        raise Invalid(
            f"a config file is a mapping with version and {', '.join(SECTIONS)}, not {what(tree)}",
            mend="begin with `version: 1`",
        )
    return shape_of(tree)


def shape_of(tree: dict[str, Any]) -> Shaped:
    """The same for a tree that was read."""
    problems: list[Invalid] = []
    try:
        config = Config.model_validate(tree)
    except ValidationError as error:
        problems = list(map(_with_version, shape_problems(error)))
        config = Config.model_validate(tree, context=PARTIAL)
    config, unfilled = fill(config)
    wrong = {problem.path for problem in problems}
    problems += [problem for problem in unfilled if problem.path not in wrong]
    return Shaped(config, tuple(problems))


def _with_version(problem: Invalid) -> Invalid:
    if problem.path != "version":
        return problem
    return Invalid(f"{problem.sentence}: {_VERSION}", mend="write `version: 1`", path="version", code=problem.code)


def schema() -> dict[str, Any]:
    """The JSON Schema of a config file, for editors (draft 2020-12)."""
    made = Config.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "oncall-tui config file",
        **{key: value for key, value in made.items() if key != "title"},
    }
