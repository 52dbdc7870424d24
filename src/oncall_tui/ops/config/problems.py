"""What pydantic finds wrong with the shape of a file, in our words: path, sentence, mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.texts import what

Location = Sequence[int | str]
_LONGEST_SHOWN = 60


def path_of(location: Location) -> str:
    """`schedules[0].layers[1].name`."""
    written = ""
    for part in location:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else str(part)
    return written


def shape_problems(error: ValidationError, root: type[BaseModel] = Config) -> list[Invalid]:
    """Every problem of a validation, in the file's order of keys. `root` is the model of the whole file."""
    return [_problem(found, root) for found in error.errors(include_url=False)]


def _problem(found: Mapping[str, Any], root: type[BaseModel]) -> Invalid:
    location: Location = found["loc"]
    # A mapping with names of one's own (labels, handles) marks its keys by one more part.
    location = [part for part in location if part != "[key]"]
    context = found.get("ctx", {})
    kind: str = found["type"]
    path = path_of(location)
    if kind == "oncall":
        return Invalid(context["sentence"], mend=context["mend"], path=path)
    if kind == "extra_forbidden":
        return _unknown_key(location, path, root)
    sentence, mend = _words(kind, context, found["input"])
    return Invalid(sentence, mend=mend, path=path, code="missing" if kind == "missing" else "")


def _unknown_key(location: Location, path: str, root: type[BaseModel]) -> Invalid:
    key = str(location[-1])
    known = keys_at(location[:-1], root)
    mend = hint(key, known) or f"known here: {', '.join(known)}"
    return Invalid(f"there is no key '{key[:_LONGEST_SHOWN]}' here", mend=mend, path=path, code="unknown_key")


_SENTENCES = {
    "missing": ("is missing", "add it"),
    "list_type": ("must be a list, not {what}", "write it like [a, b], or one a line with a dash"),
    "model_type": ("must be a mapping of keys to values, not {what}", "write it like {{key: value}}"),
    "dict_type": ("must be a mapping of keys to values, not {what}", "write it like {{key: value}}"),
    "string_type": ("must be text, not {what}", "put it in quotes"),
    "bool_type": ("must be true or false, not {what}", "write true or false"),
    "int_type": ("must be a whole number, not {what}", "write it like 2"),
    "greater_than_equal": ("must be at least {ge}", "write a higher one"),
    "less_than_equal": ("must be at most {le}", "write a lower one"),
}


def _words(kind: str, context: Mapping[str, Any], given: object) -> tuple[str, str]:
    if kind == "literal_error":
        return _one_of(context["expected"], given)
    sentence, mend = _SENTENCES.get(kind, ("makes no sense here", "see `oncall config schema`"))
    return sentence.format(what=what(given), **context), mend.format()


def _one_of(expected: str, given: object) -> tuple[str, str]:
    known = [word.strip("' ") for part in expected.split(" or ") for word in part.split(",")]
    listed = ", ".join(known)
    if isinstance(given, str):
        return f"'{given[:_LONGEST_SHOWN]}' is none of: {listed}", hint(given, known) or "write one of them"
    return f"must be one of {listed}, not {what(given)}" if len(known) > 1 else f"must be {listed}", "write one of them"


def hint(word: str, known: Iterable[str]) -> str:
    """`did you mean 'members'?` when something known is close to the word."""
    close = difflib.get_close_matches(word.lower(), list(known), 1, 0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def keys_at(location: Location, root: type[BaseModel] = Config) -> list[str]:
    """The keys that a mapping at this place may have."""
    model = root
    for part in location:
        if isinstance(part, int):
            continue
        field = next(field for key, field in model.model_fields.items() if (field.alias or key) == part)
        model = _model_in(field.annotation) or model
    return [field.alias or key for key, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
