"""What every entry of a config file has in common: exact keys, no guessing of types, one spelling of each value."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, ValidationInfo, model_validator

from oncall_tui.ops.config.kinds import Blank

PARTIAL = {"partial": True}
"""The validation context that leaves out whatever is wrong."""


class Entry(BaseModel):
    """One mapping of the file. Values are text in one spelling: two entries that mean the same are equal."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, validate_by_name=False, validate_by_alias=True, defer_build=True
    )

    @model_validator(mode="wrap")
    @classmethod
    def _what_is_left(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """With the context PARTIAL, wrong values are left out, so that the rest can still be checked."""
        if info.context != PARTIAL:
            return handler(value)
        try:
            return handler(value)
        except ValidationError as error:
            given = value if isinstance(value, dict) else {}
            wrong = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
            return handler(cls._blanks() | {key: part for key, part in given.items() if key not in wrong})

    @classmethod
    def _blanks(cls) -> dict[str, Any]:
        return {
            field.alias or key: _blank_of(field.annotation)
            for key, field in cls.model_fields.items()
            if field.is_required()
        }

    def plain(self) -> dict[str, Any]:
        """The entry as it is written: keys in order, defaults left out."""
        return self.model_dump(by_alias=True, exclude_defaults=True)


def _blank_of(kind: Any) -> Any:
    match get_origin(kind):
        case origin if origin is list:
            return []
        case origin if origin is Literal:
            return get_args(kind)[0]
        case _:
            return Blank()
