"""The steps a recipe may have: one file each, one line here."""

from __future__ import annotations

from fetchtozip_gui.core.model import Model
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.columns import ColumnsStep
from fetchtozip_gui.core.steps.flatten import FlattenStep
from fetchtozip_gui.core.steps.group import GroupStep
from fetchtozip_gui.core.steps.rows import DeduplicateStep, DeriveStep, FilterStep, SortStep
from fetchtozip_gui.core.steps.sql import SqlStep
from fetchtozip_gui.core.steps.validate import ValidateStep

STEPS: tuple[type[Model], ...] = (
    ColumnsStep,
    FilterStep,
    DeriveStep,
    GroupStep,
    SortStep,
    DeduplicateStep,
    FlattenStep,
    CleanStep,
    ValidateStep,
    SqlStep,
)
