"""What is to be known of a result's columns before it is written."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from fetchtozip_gui.core.errors import FetchToZipError
from fetchtozip_gui.core.outputs import FORMATS, format_of
from fetchtozip_gui.core.outputs.excel_cells import EXACT, LONGEST_TEXT
from fetchtozip_gui.core.outputs.excel_workbook import MOST_COLUMNS
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.remark import Remark
from fetchtozip_gui.core.steps.columns import ColumnsStep
from fetchtozip_gui.core.steps.lookup import named

if TYPE_CHECKING:
    from fetchtozip_gui.core.analysis.profile import Profile

_MISSING = 0.2
"""The share of missing values from which on it is said."""
_SHOWN = 3
_LOOKED = ("zeros", "numbers", "longest", "formulas")
_TEXT = ("csv", "tsv")
_ZEROS = r"^[+-]?0\d+$"
_LONG_NUMBER = r"^[+-]?\d{16,}$"
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$"


def column_remarks(
    recipe: Recipe, source: pl.DataFrame | None, result: pl.DataFrame, profile: Profile | None
) -> Iterator[Remark]:
    """The remarks; `source` and `result` are the same rows before and after the steps."""
    looked = _Looked(recipe, result, profile)
    yield from looked.width()
    yield from looked.texts()
    yield from looked.nested()
    yield from looked.missing()
    yield from looked.names()
    if source is not None:
        yield from _lost_zeros(recipe, source)


class _Looked:
    """One look at some rows of the result, in the format in which they are to be written."""

    def __init__(self, recipe: Recipe, result: pl.DataFrame, profile: Profile | None) -> None:
        self._recipe = recipe
        self._result = result
        self._profile = profile
        self._form = written_as(recipe)
        self._as: Callable[[str], dict[str, Any]] = lambda form: as_format(recipe, form)

    def width(self) -> Iterator[Remark]:
        count = self._result.width
        if self._form == "xlsx" and count > MOST_COLUMNS:
            words = f"The result has {count:,} columns, and a sheet holds {MOST_COLUMNS:,}."
            yield Remark("many_columns", words, "output.format", "stop", self._as("parquet"), "Write Parquet")

    def texts(self) -> Iterator[Remark]:
        # one plan for all columns: a call for each takes seconds where there are thousands
        told = self._result.select(
            asked.alias(f"{what}\0{name}")
            for name, dtype in self._result.schema.items()
            for what, asked in self._asked(named(name), dtype)
        )
        flags = told.row(0, named=True) if told.height else {}
        found = {what: [name for name in self._result.columns if flags.get(f"{what}\0{name}")] for what in _LOOKED}
        zeros, numbers, longest, formulas = (found[what] for what in _LOOKED)
        yield from self._numbers(zeros, numbers)
        if longest:
            words = f"{_listed(longest)} {_has(longest)} texts of over {LONGEST_TEXT:,} characters, which Excel cuts."
            yield Remark("long_text", words, "output.format", "warn", self._as("csv"), "Write CSV")
        if formulas and not getattr(self._recipe.output, "safe_for_spreadsheets", False):
            output = self._recipe.document(secrets=True).get("output", {"type": "file"})
            words = f"{_listed(formulas)} {_has(formulas)} texts that a spreadsheet would run as formulas."
            fix = {"output": {**output, "safe_for_spreadsheets": True}}
            yield Remark("formulas", words, "output.safe_for_spreadsheets", "warn", fix, "Make them safe")

    def _asked(self, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
        """What is asked of a column: whether any of its values is of a kind."""
        if dtype.is_integer():
            yield "numbers", (~column.is_between(-EXACT, EXACT)).any()
        if dtype != pl.String:
            return
        yield "zeros", column.str.contains(_ZEROS).any()
        yield "numbers", column.str.contains(_LONG_NUMBER).any()
        if self._form == "xlsx":
            yield "longest", (column.str.len_chars() > LONGEST_TEXT).any()
        if self._form in _TEXT:
            # numbers such as -5 are no formulas
            yield "formulas", (column.str.contains(_FORMULA) & ~column.str.contains(_NUMBER)).any()

    def _numbers(self, zeros: list[str], numbers: list[str]) -> Iterator[Remark]:
        opened = self._form in _TEXT
        if zeros:
            words = f"{_listed(zeros)} {_has(zeros)} leading zeros: kept as text."
            words += " A spreadsheet that opens a CSV drops them." if opened else ""
            fix = self._as("xlsx") if opened else None
            yield Remark("leading_zeros", words, "output.format", "good", fix, "Write Excel" if opened else "")
        if not numbers:
            return
        words = f"{_listed(numbers)} {_has(numbers)} numbers of more than 15 digits"
        if self._form == "xlsx":
            yield Remark("long_numbers", f"{words}: written as text, for Excel would round them.", "output", "good")
        elif opened:
            words += ": whole in the file, but a spreadsheet that opens it rounds them."
            yield Remark("long_numbers", words, "output.format", "warn", self._as("xlsx"), "Write Excel")

    def nested(self) -> Iterator[Remark]:
        nested = [name for name, dtype in self._result.schema.items() if dtype.is_nested()]
        if nested and self._form in (*_TEXT, "xlsx"):
            words = f"{_listed(nested)} {'is' if len(nested) == 1 else 'are'} nested: written as JSON text."
            fix = {"steps": [*_steps(self._recipe), {"type": "flatten"}]}
            yield Remark("nested", words, "steps", "warn", fix, "Make columns of it")

    def missing(self) -> Iterator[Remark]:
        empty, gaps = [], []
        for name, share in self._shares():
            if share >= 1:
                empty.append(name)
            elif share >= _MISSING:
                gaps.append((share, name))
        where = "" if self._profile is not None else " on the first page"
        if empty:
            words = f"{_listed(empty)} {_has(empty)} no value{where}."
            fix = self._with_columns([{"column": name, "keep": False} for name in empty])
            if len(empty) < self._result.width:
                yield Remark("all_null", words, "steps", "warn", fix, "Leave out")
            else:
                yield Remark("all_null", f"No column has a value{where}.", "source", "warn")
        for share, name in sorted(gaps, key=lambda gap: -gap[0])[:_SHOWN]:
            words = f"{share:.0%}".replace("%", " %") + f" of `{name}` is missing{where}."
            yield Remark("missing", words, "steps", "warn")

    def _shares(self) -> Iterator[tuple[str, float]]:
        """Each column with the share of its values that are missing."""
        for column in self._result.iter_columns():
            known = self._profile.column(column.name) if self._profile is not None else None
            if known is not None and known.rows:
                yield column.name, known.missing / known.rows
            elif column.len():
                yield column.name, column.null_count() / column.len()

    def names(self) -> Iterator[Remark]:
        names = self._result.columns
        taken = set(names)
        odd = {name: clean for name in names if (clean := _clean(name, taken)) != name}
        if odd:
            has = "has a name" if len(odd) == 1 else "have names"
            words = f"{_listed(list(odd))} {has} that some programs cannot read."
            fix = self._with_columns([{"column": name, "name": clean} for name, clean in odd.items()])
            yield Remark("column_names", words, "steps", "warn", fix, "Rename")
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                words = f"`{other}` and `{name}` differ in their case alone: databases take them for one."
                yield Remark("column_case", words, "steps", "warn")

    def _with_columns(self, columns: list[dict[str, Any]]) -> dict[str, Any]:
        return {"steps": [*_steps(self._recipe), {"type": "columns", "columns": columns}]}


def result_profile(recipe: Recipe, profile: Profile) -> Profile | None:
    """What a count over all rows of the source says of the result's columns; None where steps make other rows."""
    steps = [step for step in recipe.steps if step.enabled]
    known = {column.name: column for column in profile.columns}
    for step in steps:
        if not isinstance(step, ColumnsStep):
            return None
        try:
            pairs = step.pairs(list(known))
        except FetchToZipError:
            return None
        known = {new: replace(known[old], name=new) for old, new in pairs}
    return replace(profile, columns=tuple(known.values()))


def _lost_zeros(recipe: Recipe, source: pl.DataFrame) -> Iterator[Remark]:
    """A first columns step that makes numbers of texts such as 00123."""
    first = recipe.steps[0] if recipe.steps else None
    if not isinstance(first, ColumnsStep) or not first.enabled:
        return
    for at, column in enumerate(first.columns):
        name = column.column if isinstance(column.column, str) else source.columns[column.column]
        if column.dtype not in ("integer", "float", "decimal") or name not in source or not column.keep:
            continue
        values = source[name]
        if values.dtype == pl.String and values.drop_nulls().str.contains(_ZEROS).any():
            steps = _steps(recipe)
            steps[0]["columns"][at] = {
                key: value for key, value in steps[0]["columns"][at].items() if key not in ("dtype", "format")
            }
            words = f"`{name}` has leading zeros, which are lost when it becomes {column.dtype}."
            yield Remark("lost_zeros", words, f"steps.0.columns.{at}.dtype", "warn", {"steps": steps}, "Keep as text")


def _steps(recipe: Recipe) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = recipe.document(secrets=True).get("steps", [])
    return steps


def _clean(name: str, names: Container[str]) -> str:
    """The name as every program reads it: on one line, nothing around it, no formula, not empty, and no other's."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split()).lstrip("=+-@") or "column"
    if clean == name:
        return name
    number, unique = 1, clean
    while unique in names:
        number += 1
        unique = f"{clean}_{number}"
    return unique


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name[:40]}`" for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        return f"{', '.join(shown)} and {len(names) - _SHOWN:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _has(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


# --- formats ---------------------------------------------------------------------------------------------------


def written_as(recipe: Recipe) -> str:
    """The format of the rows themselves, also inside a ZIP; empty where the output is no file."""
    if not isinstance(recipe.output, FileOutput):
        return ""
    form = quietly(lambda: format_of(recipe.output).name)
    return recipe.output.member if form == "zip" else form or ""


def as_format(recipe: Recipe, form: str) -> dict[str, Any]:
    """A fix: the output in another format, still in a ZIP where it is in one."""
    output = recipe.document(secrets=True).get("output", {"type": "file"})
    if (quietly(lambda: format_of(recipe.output).name) or "zip") == "zip" and form != "zip":
        return {"output": {**output, "format": "zip", "member": form}}
    made = {**output, "format": form}
    if made.get("path"):
        path = Path(str(made["path"]))
        made["path"] = str(path.with_suffix(FORMATS[form].suffix)) if path.suffix else made["path"]
    return {"output": made}


def quietly(work: Callable[[], Any]) -> Any:
    """What `work` gives, and nothing where it fails: whoever asks knows of the failure from elsewhere."""
    try:
        return work()
    except (FetchToZipError, OSError, ValueError, RuntimeError):
        return None
