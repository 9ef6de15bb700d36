"""What every step of a recipe carries beside its own fields."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import polars as pl

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.failures import translate


class AnyStep(Model, ABC):
    """A step turns rows into other rows; it is a value and may be applied any number of times, in any thread."""

    available: ClassVar[bool] = True
    """False where the recipe's word is known, but the part that would do it is not in this version."""
    absent: ClassVar[dict[str, tuple[str, ...]]] = {}
    """The same for single fields: their values that are known and not in this version."""
    note: str = ""
    """The author's own words, shown in the list of steps."""
    enabled: bool = True
    """False keeps the step in the recipe and leaves it out of the run."""

    @abstractmethod
    def whole(self) -> bool:
        """Whether rows depend on other rows, so that the step cannot be applied batch by batch."""

    def twice(self) -> bool:
        """Whether the step reads the rows before it more than once, so that they had better be at hand."""
        return False

    def again(self) -> bool:
        """Whether the result can be read again for little more than the rows before it cost, and is the same then."""
        return not self.whole()

    @abstractmethod
    def apply(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Plan the step; `StepError` for what the columns alone show to be wrong."""

    def apply_frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The step's result for rows in memory; all errors are `StepError`."""
        try:
            return self.apply(frame.lazy()).collect(engine="in-memory")
        except pl.exceptions.PolarsError as error:
            raise translate(error) from error
