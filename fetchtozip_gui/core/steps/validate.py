"""The words of the validating step; its engine is not in this version."""

from __future__ import annotations

from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.step import AnyStep


class Rule(Model):
    """What the values of one column have to be."""

    type: Literal["string", "integer", "float", "number", "boolean", "date", "datetime", "email"] | None = None
    required: bool = False
    min: float | None = None
    max: float | None = None
    unique: bool = False
    pattern: str | None = Field(default=None, max_length=1000)
    enum: tuple[str | int | float | bool, ...] | None = None
    min_length: int | None = Field(default=None, ge=0)
    max_length: int | None = Field(default=None, ge=0)
    format: str | None = None


class ValidateStep(AnyStep):
    """Holds the rows to rules and fails, drops or reports those that break one."""

    available: ClassVar[bool] = False
    type: Literal["validate"] = "validate"
    rules: dict[str, Rule] = Field(alias="schema")
    """One rule for each column, under its name."""
    on_error: Literal["fail", "drop", "report"] = "fail"

    def whole(self) -> bool:
        return any(rule.unique for rule in self.rules.values())

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        raise NotInThisVersion("The step `validate` is not in this version.", "Use filter to leave rows out.")
