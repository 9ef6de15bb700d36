"""Turns columns into the row XML of a sheet by Polars expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fetchtozip_gui.core.outputs.excel_cells import Column
from fetchtozip_gui.core.outputs.excel_ready import Change, Ready

TEXT = "text"
"""The style of text cells: marked as text, so that editing one never makes it a formula or a number."""

_CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)]
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# XML has no way to hold these; the format's own escape is _xHHHH_, so text that looks like one is escaped as well
_ESCAPES = {**_MARKS, **{control: f"_x{ord(control):04X}_" for control in _CONTROLS}}
_LOOKS_ESCAPED = r"_(x[0-9A-Fa-f]{4})"

_EMPTY = "<c/>"
_TEXT_END = "</t></is></c>"
_NUMBER_END = "</v></c>"
_KEEP_SPACES = ' xml:space="preserve"'

_TOGETHER = 128
"""Columns that are asked and written at once: Polars takes far longer for one plan of thousands of expressions."""


@dataclass(frozen=True, slots=True)
class Look:
    """A frame that was looked through: its columns as plain types, how its rows are written, what was changed.

    `widths` are in characters.
    """

    ready: pl.DataFrame
    plans: tuple[Plan, ...]
    widths: tuple[int, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells of neighbouring columns as an expression; `asides` are the columns with numbers that stay text."""

    cells: pl.Expr
    asides: tuple[Column, ...]


class RowXml:
    """Writes frames of one schema as rows; `styles` maps a number format, and `TEXT`, to a cell style.

    Cells carry no reference: `<row>` and `<c>` count by themselves, a null is an empty cell that holds the place.
    """

    def __init__(self, columns: Sequence[Column], styles: dict[str, int]) -> None:
        starts = range(0, len(columns), _TOGETHER)
        groups = [columns[start : start + _TOGETHER] for start in starts]
        edges = [("<row>" if group is groups[0] else "", "</row>" if group is groups[-1] else "") for group in groups]
        self._groups = [_Group(group, styles, *edge) for group, edge in zip(groups, edges, strict=True)]

    def look(self, frame: pl.DataFrame) -> Look:
        """Find out once, for all rows of a frame, what its cells need."""
        looks = [group.look(part) for group, part in zip(self._groups, _parts(frame), strict=True)]
        return Look(
            pl.DataFrame([series for look in looks for series in look.ready]),
            tuple(plan for look in looks for plan in look.plans),
            tuple(width for look in looks for width in look.widths),
            tuple(change for look in looks for change in look.changes),
        )

    def encode(self, look: Look, start: int, end: int) -> tuple[bytes, int]:
        """These rows as XML in UTF-8, and the number of `<` that should be in it."""
        ready = look.ready[start:end]
        tags = 2 * ready.height
        made: list[pl.Series] = []
        row = pl.lit("")
        for group, part, plan in zip(self._groups, _parts(ready), look.plans, strict=True):
            columns = pl.DataFrame(part)
            tags += group.tags(columns, plan)
            if len(self._groups) == 1:
                row, made = plan.cells, part
            else:
                made.append(columns.select(plan.cells.alias(str(len(made)))).to_series())
                row = pl.concat_str(pl.all())
        if not made:
            return b"<row></row>" * ready.height, tags
        # joined inside Polars and taken out as bytes: the least copying there is
        xml: bytes = pl.DataFrame(made).select(row.str.join("").cast(pl.Binary)).item()
        return xml, tags

    def expected(self, look: Look, start: int, end: int) -> pl.DataFrame:
        """What a reader should find: numbers (serial days for times) as "n KEY", text as "t KEY", copied."""
        parts = zip(self._groups, _parts(look.ready[start:end]), strict=True)
        return pl.DataFrame([_copied(series) for group, part in parts for series in group.expected(pl.DataFrame(part))])


def _parts(frame: pl.DataFrame) -> list[list[pl.Series]]:
    columns = frame.get_columns()
    return [columns[start : start + _TOGETHER] for start in range(0, len(columns), _TOGETHER)]


def _copied(series: pl.Series) -> pl.Series:
    # text that is only referred to would keep the whole batch in memory
    return pl.Series(series.name, series.to_list(), dtype=pl.String) if series.dtype == pl.String else series


class _Group:
    """Neighbouring columns."""

    def __init__(self, columns: Sequence[Column], styles: dict[str, int], opens: str, closes: str) -> None:
        self._ready = Ready(columns)
        self._opens = opens
        self._closes = closes
        self._columns = columns
        self._styles = styles
        self._asks = _questions(columns)
        self._expected = [expression for column in columns for expression in _expected(column)]
        self._plans: dict[tuple[object, ...], pl.Expr] = {}

    def look(self, found: Sequence[pl.Series]) -> Look:
        columns, changes = self._ready.make(found)
        ready = pl.DataFrame(columns)
        facts = _facts(ready, self._columns, self._asks)
        cells = self._plan(tuple(_flags(column, facts) for column in self._columns))
        asides = tuple(column for column in self._columns if facts.get(f"{column.key} aside"))
        widths = tuple(facts[f"{column.key} width"] or 0 for column in self._columns)
        return Look(ready, (Plan(cells, asides),), widths, (*changes, *_changes(ready, self._columns, facts)))

    def tags(self, ready: pl.DataFrame, plan: Plan) -> int:
        """The `<` of an empty cell, of a number (4) and of a text (6), added up."""
        asides = [column.aside.sum() for column in plan.asides if column.aside is not None]
        tags = 2 * sum(ready.select(asides).row(0)) if asides else 0
        for column in self._columns:
            nulls = ready[column.key].null_count()
            tags += nulls + (ready.height - nulls) * (4 if column.number is not None else 6)
        return tags

    def expected(self, ready: pl.DataFrame) -> pl.DataFrame:
        return ready.select(self._expected)

    def _plan(self, flags: tuple[_Flags, ...]) -> pl.Expr:
        plan = self._plans.get(flags)
        if plan is None:
            if len(self._plans) > 50:
                self._plans.clear()
            plan = self._plans[flags] = self._cells(flags)
        return plan

    def _cells(self, flags: tuple[_Flags, ...]) -> pl.Expr:
        parts: list[pl.Expr] = []
        glue = self._opens
        for column, flag in zip(self._columns, flags, strict=True):
            opens, value, closes = self._cell(column, flag)
            if flag.nulls or flag.aside or not isinstance(opens, str):
                start = [pl.lit(opens)] if isinstance(opens, str) else opens
                cell = self._aside(column, flag, pl.concat_str(*start, value, pl.lit(closes))).fill_null(_EMPTY)
                parts += [pl.lit(glue), cell] if glue else [cell]
                glue = ""
            else:
                # one literal between two values, rather than a cell each
                parts += [pl.lit(glue + opens), value]
                glue = closes
        return pl.concat_str([*parts, pl.lit(glue + self._closes)])

    def _cell(self, column: Column, flag: _Flags) -> tuple[str | list[pl.Expr], pl.Expr, str]:
        """What opens a cell, what stands in it, what closes it."""
        if column.number is None:
            value = _escaped(pl.col(column.key), flag)
            if not flag.edges:
                return self._text_start() + ">", value, _TEXT_END
            edge = pl.when(_edges(pl.col(column.key))).then(pl.lit(_KEEP_SPACES + ">")).otherwise(pl.lit(">"))
            return [pl.lit(self._text_start()), edge], value, _TEXT_END
        if column.reads == "boolean":
            return '<c t="b"><v>', column.number, _NUMBER_END
        main = f"<c{self._style(column.format)}><v>"
        if not flag.other or column.other is None:
            return main, column.number, _NUMBER_END
        other = f"<c{self._style(column.other_format)}><v>"
        return [pl.when(column.other).then(pl.lit(other)).otherwise(pl.lit(main))], column.number, _NUMBER_END

    def _aside(self, column: Column, flag: _Flags, cell: pl.Expr) -> pl.Expr:
        if not flag.aside or column.aside is None or column.aside_text is None:
            return cell
        said = pl.concat_str(pl.lit(self._text_start() + ">"), column.aside_text, pl.lit(_TEXT_END))
        return pl.when(column.aside).then(said).otherwise(cell)

    def _style(self, name: str) -> str:
        return f' s="{self._styles[name]}"' if self._styles.get(name) else ""

    def _text_start(self) -> str:
        return f'<c t="inlineStr"{self._style(TEXT)}><is><t'


@dataclass(frozen=True, slots=True)
class _Flags:
    """What the cells of one column in one batch need beyond the plain way."""

    nulls: bool
    aside: bool
    other: bool
    marks: bool
    odd: bool
    edges: bool


def _flags(column: Column, facts: dict[str, Any]) -> _Flags:
    own = (bool(facts.get(f"{column.key} {fact}")) for fact in ("nulls", "aside", "other", "marks"))
    return _Flags(*own, *(bool(column.number is None and facts[fact]) for fact in ("odd", "edges")))


def _questions(columns: Sequence[Column]) -> list[pl.Expr]:
    """What has to be known of a batch: one value each, called "KEY fact", or "fact" for all columns of text."""
    asks: dict[str, pl.Expr] = {}
    texts = [pl.col(column.key) for column in columns if column.number is None]
    if texts:
        # one long text is searched far faster than many short ones
        joined = pl.concat_str([c.str.join("\n") for c in texts])
        asks["odd"] = joined.str.contains_any([*_CONTROLS, "_x"])
        asks["edges"] = pl.any_horizontal([_edges(c).any() for c in texts])
    for column in columns:
        if isinstance(column.width, pl.Expr):
            asks[f"{column.key} width"] = column.width
        if column.number is None:
            asks[f"{column.key} marks"] = pl.col(column.key).str.join("\n").str.contains("[&<>]")
        if column.aside is not None:
            asks[f"{column.key} aside"] = column.aside.sum()
        if column.fine is not None:
            asks[f"{column.key} fine"] = column.fine.sum()
        if column.other is not None:
            asks[f"{column.key} other"] = column.other.any()
    return [ask.alias(fact) for fact, ask in asks.items()]


def _facts(ready: pl.DataFrame, columns: Sequence[Column], asks: list[pl.Expr]) -> dict[str, Any]:
    facts: dict[str, Any] = ready.select(asks).row(0, named=True) if asks else {}
    for column in columns:
        facts[f"{column.key} nulls"] = ready[column.key].null_count()
        if isinstance(column.width, int):
            facts[f"{column.key} width"] = column.width
    return facts


def _edges(c: pl.Expr) -> pl.Expr:
    """Texts that begin or end with white space, which readers drop unless told."""
    return c.str.strip_chars().str.len_bytes() != c.str.len_bytes()


def _escaped(c: pl.Expr, flag: _Flags) -> pl.Expr:
    if flag.odd:
        c = c.str.replace_all(_LOOKS_ESCAPED, "_x005F_${1}")
        return c.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    return c.str.replace_many(list(_MARKS), list(_MARKS.values())) if flag.marks else c


def _changes(ready: pl.DataFrame, columns: Sequence[Column], facts: dict[str, Any]) -> list[Change]:
    changes = []
    for column in columns:
        for kind, picked in (("aside", column.aside), ("fine", column.fine)):
            if picked is not None and (count := facts[f"{column.key} {kind}"]):
                first: int = ready.select(picked.index_of(True)).item()
                changes.append(Change(int(column.key), kind, count, first))
    return changes


def _expected(column: Column) -> list[pl.Expr]:
    if column.number is None:
        return [pl.col(column.key).alias(f"t {column.key}")]
    # a Float32 is meant as it is printed, not as the double it would become
    number = column.number.cast(pl.String).cast(pl.Float64)
    if column.aside is None:
        return [number.alias(f"n {column.key}")]
    said = pl.when(column.aside).then(column.aside_text).alias(f"t {column.key}")
    return [said, pl.when(~column.aside).then(number).alias(f"n {column.key}")]
