"""Writes steps and the file of a recipe as lines of Polars, for made Python scripts."""

from __future__ import annotations

import json
import pprint
from typing import Any

from fetchtozip_gui.core.errors import NotInThisVersion
from fetchtozip_gui.core.names import safe_name
from fetchtozip_gui.core.outputs import FORMATS, format_of
from fetchtozip_gui.core.outputs.file import FileOutput
from fetchtozip_gui.core.recipe import Recipe
from fetchtozip_gui.core.steps.clean import CleanStep
from fetchtozip_gui.core.steps.columns import Column, ColumnsStep
from fetchtozip_gui.core.steps.expression import quoted
from fetchtozip_gui.core.steps.flatten import FlattenStep
from fetchtozip_gui.core.steps.group import ROWS, Aggregate, GroupStep
from fetchtozip_gui.core.steps.numbers import PLAIN, Marks
from fetchtozip_gui.core.steps.rows import DeduplicateStep, DeriveStep, FilterStep, SortKey, SortStep
from fetchtozip_gui.core.steps.sql import SqlStep
from fetchtozip_gui.core.steps.validate import ValidateStep

_TEXT = {"csv", "tsv", "xlsx"}


def step_lines(step: Any, number: int, *, strings: bool) -> list[str]:
    """One step; `strings` says that the source has dates as texts. `NotInThisVersion` for one that has no lines."""
    note = [f"# {' '.join(step.note.split())}"] if step.note else []
    match step:
        case ColumnsStep():
            return note + _columns(step, strings)
        case FilterStep():
            return [*note, f"frame = frame.sql({f'SELECT * FROM self WHERE ({step.where})'!r})"]
        case DeriveStep():
            column = f"({step.expression}) AS {quoted(step.name)}"
            return [
                *note,
                f"has = {step.name!r} in frame.columns",
                f"frame = frame.sql({f'SELECT * REPLACE ({column}) FROM self'!r} if has",
                f"                  else {f'SELECT *, {column} FROM self'!r})",
            ]
        case GroupStep():
            values = ", ".join(_value(one) for one in step.aggregate)
            if not step.by:
                return [*note, f"frame = frame.select({values})"]
            return [*note, f"frame = frame.group_by({list(step.by)!r}, maintain_order=True).agg({values})"]
        case SortStep():
            keys = [SortKey(column=key) if isinstance(key, str) else key for key in step.by]
            return [
                *note,
                f"frame = frame.sort({[key.column for key in keys]!r}, maintain_order=True,",
                f"                   descending={[key.descending for key in keys]!r},",
                f"                   nulls_last={[key.nulls_last for key in keys]!r})",
            ]
        case DeduplicateStep():
            subset = list(step.subset) if step.subset is not None else None
            return [*note, f"frame = frame.unique({subset!r}, keep={step.keep!r}, maintain_order=True)"]
        case FlattenStep():
            names = list(step.columns) if step.columns is not None else None
            return [*note, f"frame = flatten(frame, {names!r}, {step.separator!r}, as_rows={step.lists == 'rows'})"]
        case CleanStep():
            return [*note, *_clean(step, strings)]
        case ValidateStep():
            rules = {name: rule.model_dump(by_alias=True, exclude_defaults=True) for name, rule in step.rules.items()}
            written = pprint.pformat(rules, width=100, sort_dicts=False).splitlines()
            return [*note, f"frame = validate(frame, {number}, {written[0]}", *written[1:], f", {step.on_error!r})"]
        case SqlStep(engine="polars"):
            return [*note, f'frame = frame.sql({step.query!r}, table_name="input")']
        case SqlStep(engine="duckdb"):
            return [*note, f"frame = ask(frame, {step.query!r}, {step.timeout:g}, {step.memory_limit})"]
    raise NotInThisVersion(f"steps.{number}: a step of the kind {step.type} has no Python script.")


def _columns(step: ColumnsStep, strings: bool) -> list[str]:
    casts = [_cast(column, strings) for column in step.columns if column.dtype and column.keep]
    lines = ["frame = frame.with_columns(", *(f"    {cast}," for cast in casts), ")"] if casts else []
    wanted = [f"    {(one.column, one.name, one.change_order)!r}," for one in step.columns if one.keep]
    out = [one.column for one in step.columns if not one.keep]
    told = f"], keep_rest={step.rest == 'keep'}{f', leave_out={out!r}' if out else ''})"
    return [*lines, "frame = columns(frame, [  # where, name, place", *wanted, told]


def _clean(step: CleanStep, strings: bool) -> list[str]:
    """A call with what differs from a step that does nothing."""
    given = step.model_dump(by_alias=True, exclude_defaults=True, exclude={"type", "note", "enabled", "cast"})
    lines = [f"    {name}={value!r}," for name, value in given.items()]
    if step.cast:
        casts = (Column(column=one.column, dtype=one.dtype, format=one.format) for one in step.cast)
        lines.append(f"    cast=[{', '.join(_cast(one, strings) for one in casts)}],")
    return ["frame = clean(frame,", *lines, ")"]


def _cast(column: Column, strings: bool) -> str:
    place = column.column
    text = f"pl.nth({place})" if isinstance(place, int) else f"pl.col({place!r})"
    form = column.format
    match column.dtype:
        case "integer" | "float" | "decimal":
            marks = Marks.of(form or PLAIN)
            if form and marks.group:
                text += f'.str.replace_all({marks.group!r}, "", literal=True)'
            if form and marks.point != ".":
                text += f'.str.replace({marks.point!r}, ".", literal=True)'
            kind = {"integer": "pl.Int64", "float": "pl.Float64"}.get(column.dtype, f"pl.Decimal(38, {marks.places})")
            return f"{text}.cast({kind})"
        case "boolean":
            yes = [form.lower().partition("|")[0]] if form else ["true", "1"]
            return f"{text}.cast(pl.String).str.to_lowercase().is_in({yes!r})"
        case "date":
            return f"{text}.str.to_date({form!r})" if strings else f"{text}.cast(pl.Date)"
        case "datetime":
            if form in ("s", "ms", "us"):
                return f'pl.from_epoch({text}, time_unit={form!r}).dt.replace_time_zone("UTC")'
            return f'{text}.str.to_datetime({form!r}, time_unit="us")' if strings else f'{text}.cast(pl.Datetime("us"))'
    return f"{text}.dt.strftime({form!r})" if form else f"{text}.cast(pl.String)"


def _value(one: Aggregate) -> str:
    if one.column == ROWS:
        return f"pl.len().alias({one.result!r})"
    call = "drop_nulls().n_unique()" if one.function == "count_distinct" else f"{one.function}()"
    return f"pl.col({one.column!r}).{call}.alias({one.result!r})"


def write_lines(recipe: Recipe, imports: set[str]) -> list[str]:
    """The file, under the name the recipe gives it, in the folder where the script runs if it says none."""
    output = recipe.output
    if not isinstance(output, FileOutput):
        raise NotInThisVersion(f"An output of the kind {output.type} has no Python script.")
    form = format_of(output).name
    kind = output.member if form == "zip" else form
    lines = [f"path = {_path(output, recipe.name, imports)}"]
    if kind in _TEXT:
        lines.append("frame = as_text(frame)")
    if form != "zip":
        lines.append(_written(kind, output, "path"))
    else:
        imports |= {"import zipfile", "import io"}
        member = safe_name(recipe.name, longest=200) + FORMATS[kind].suffix
        if output.password is not None:
            lines.append("# Python's zipfile cannot encrypt: this archive has no password")
        lines += [
            "data = io.BytesIO()",
            _written(kind, output, "data"),
            'with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:',
            f"    archive.writestr({member!r}, data.getvalue())",
        ]
    return [*lines, 'print(f"{path}: {frame.height:,} rows")']


def _path(output: FileOutput, name: str, imports: set[str]) -> str:
    plain = safe_name(name, longest=200)
    if output.path is None:
        return repr(plain + format_of(output).suffix)
    filled = output.path.replace("{name}", plain)
    if filled.endswith(("/", "\\")):
        filled += plain + format_of(output).suffix
    if "{date}" not in filled:
        return repr(filled)
    imports.add("from datetime import date")
    parts = [json.dumps(part, ensure_ascii=False) for part in filled.split("{date}")]
    return " + str(date.today()) + ".join(parts)


def _written(kind: str, output: FileOutput, to: str) -> str:
    match kind:
        case "csv" | "tsv":
            options = {"separator": "\t" if kind == "tsv" else output.delimiter, "include_bom": output.bom}
            usual = {"separator": ",", "include_bom": False}
            told = "".join(f", {name}={value!r}" for name, value in options.items() if value != usual[name])
            return f"frame.write_csv({to}{told})"
        case "json":
            return f"frame.write_json({to})"
        case "jsonl":
            return f"frame.write_ndjson({to})"
        case "xlsx":
            return f"frame.write_excel({to})  # xlsx"
    return f"frame.write_{kind}({to})"
