"""The words of the cleaning step; its engine is not in this version."""

from __future__ import annotations

from typing import ClassVar, Literal

import polars as pl

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.step import AnyStep


class Fill(Model):
    """A value of the user's own in place of missing ones."""

    value: int | float | bool | str


class CleanStep(AnyStep):
    """Removes duplicates, fills or drops what is missing, and brings texts and numbers into one form."""

    available: ClassVar[bool] = False
    type: Literal["clean"] = "clean"
    remove_duplicates: bool = False
    handle_missing: Literal["drop", "mean", "median", "mode", "zero", "ffill", "bfill"] | int | float | Fill | None = (
        None
    )
    """A number or {"value": …} is put in place of what is missing."""
    trim: bool = False
    normalize: Literal["minmax", "zscore"] | None = None
    case: Literal["lower", "upper", "title"] | None = None
    outliers: Literal["drop", "clip"] | None = None

    def whole(self) -> bool:
        return True

    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        raise NotInThisVersion("The step `clean` is not in this version.", "Use filter, derive and deduplicate.")
