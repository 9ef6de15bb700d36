"""How the window calls the steps of a recipe: in the menu, in the list, and in their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fetchtozip_gui.gui.form_specs import Words
from fetchtozip_gui.gui.models.column_types import WORDS as TYPES
from fetchtozip_gui.gui.words import counted

Document = Mapping[str, Any]

NAMES: Mapping[str, str] = {
    "columns": "Columns",
    "filter": "Filter",
    "derive": "Derive",
    "group": "Group",
    "sort": "Sort",
    "deduplicate": "Deduplicate",
    "flatten": "Flatten",
    "clean": "Clean",
    "validate": "Validate",
    "sql": "SQL",
}
OFFERED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "filter": ("Keep the rows for which a condition is true", {"where": ""}),
    "derive": ("Add a column that is computed from others", {"name": "", "expression": ""}),
    "columns": ("Rename, retype, reorder and leave out columns", {"columns": []}),
    "group": (
        "One row for each group, with counts, sums and the like",
        {"by": [], "aggregate": [{"column": "*", "function": "count"}]},
    ),
    "sort": ("Order the rows", {"by": []}),
    "deduplicate": ("Leave one of the rows that are alike", {}),
    "flatten": ("Turn nested objects into columns, and lists into text or rows", {}),
    "clean": ("Trim and replace texts, fill what is missing, settle duplicates and outliers", {"trim": True}),
    "validate": ("Hold values to rules, and list every one that breaks them", {"schema": {}, "on_error": "report"}),
    "sql": ("Ask an SQL query of the rows, which are the table input", {"query": "SELECT * FROM input"}),
}
"""What the menu offers: a sentence, and what a new step begins with."""

WORDS: Mapping[str, Words] = {
    "where": Words("Keep rows where", empty="quantity > 0 AND country = 'France'"),
    "name": Words("Name", empty="total"),
    "expression": Words("Computed as", empty="quantity * unit_price"),
    "by": Words("By", empty="no column: all rows are one group"),
    "aggregate": Words("Compute"),
    "subset": Words("Compare", empty="all columns"),
    "keep": Words("Keep", names={"first": "the first", "last": "the last", "any": "any one", "none": "none of them"}),
    "separator": Words("Separator", "Between the names of an object and its field"),
    "lists": Words("Lists become", names={"json": "JSON text", "rows": "one row for each element"}),
    "columns": Words("Columns", empty="every column that fits"),
    "rest": Words("The others", names={"keep": "are kept", "drop": "are left out"}),
    "column": Words("Column"),
    "function": Words(
        "Function",
        names={
            "count_distinct": "count distinct",
            "std": "standard deviation",
        },
    ),
    "descending": Words("Descending"),
    "nulls_last": Words("Empty last"),
    "change_order": Words("Place from 0", "Its place in the result, counted from 0; empty keeps its sequence"),
    "dtype": Words("Type", names=TYPES),
    "format": Words("Written as"),
    "schema": Words("Rules", "What the values of each column must be; the Rules tab of the Files page edits them"),
    "on_error": Words(
        "Rows with a fault", names={"fail": "end the export", "drop": "are left out", "report": "stay, and are listed"}
    ),
    "query": Words("Query", "One SELECT over the rows, which are the table input"),
    "engine": Words(
        "Engine",
        "Which program carries the query out",
        names={"duckdb": "DuckDB", "polars": "Polars", "spark": "Spark"},
    ),
    "timeout": Words("Stop after", "Seconds after which DuckDB is stopped"),
    "memory_limit": Words("Memory", "MiB that DuckDB may take; beyond them it goes to disk where it can"),
    "spark_config": Words("Spark settings", "For the engine spark alone"),
    "trim": Words("Trim texts", "Remove white space from both ends"),
    "remove_duplicates": Words("Remove duplicates", empty="none; true for whole rows, or columns"),
    "outliers": Words("Outliers", names={"drop": "leave their rows out", "clip": "bring them to the bounds"}),
    "outlier_method": Words("Outliers are", names={"iqr": "by the quartiles", "zscore": "by the mean"}),
    "outlier_factor": Words("How far", empty="1.5 by the quartiles, 3 by the mean"),
    "handle_missing": Words("Missing values", empty="drop, mean, median, mode, zero, ffill, bfill or a number"),
    "normalize": Words("Scale numbers", names={"minmax": "from 0 to 1", "zscore": "mean 0, deviation 1"}),
    "case": Words("Letters", names={"lower": "small", "upper": "capital", "title": "As In Titles"}),
    "empty_is_missing": Words("Empty texts are missing"),
    "split": Words("Split", "One column into several"),
    "join": Words("Join", "Several columns into one"),
    "cast": Words("Change types", "The types of columns, as in a Columns step"),
    "replace": Words("Replace", "Text in place of other text, one after the other"),
}
"""What is refined by hand, by the field's name; the rest is read off the models."""

INNER: Mapping[str, Words] = {
    "name": Words("Name", empty="by itself"),
    "columns": Words("Columns"),
    "separator": Words("Separator", "Between the parts"),
    "keep": Words("Keep"),
    "into": Words("Into", "The names of the parts; the last one takes all that is left"),
    "find": Words("Look for", "A text that is anywhere in a value"),
    "pattern": Words("As a pattern", "A regular expression, whose groups are ${1}, ${2} in what is put"),
    "with": Words("Put", "What stands there instead", empty="nothing: such values become missing"),
    "values": Words("Whole values", "Values and what they become"),
}
"""In a list of small forms, where it differs."""
DETAILS = ("columns", "outlier_method", "outlier_factor")
"""What says of a cleaning how it is done, and not what."""


def title(document: Document) -> str:
    """A step on one line, by what it does."""
    kind = str(document.get("type", ""))
    name = NAMES.get(kind, kind or "Unknown step")
    detail = _detail(kind, document)
    return f"{name}: {detail}" if detail else name


def _detail(kind: str, document: Document) -> str:
    match kind:
        case "columns":
            return _columns(document)
        case "filter":
            return _text(document.get("where"))
        case "derive":
            return f"{_text(document.get('name')) or '…'} = {_text(document.get('expression')) or '…'}"
        case "group":
            values = [_aggregate(one) for one in _list(document.get("aggregate"))]
            by = _names(document.get("by"))
            return f"{', '.join(values)} by {by}" if by else ", ".join(values)
        case "sort":
            return _names(document.get("by"))
        case "deduplicate":
            by = _names(document.get("subset"))
            return f"by {by}" if by else "whole rows"
        case "clean":
            set_ones = [name for name, value in document.items() if value and name in WORDS and name not in DETAILS]
            return ", ".join(WORDS[name].label for name in set_ones).capitalize()
        case "validate":
            rules = document.get("schema")
            ends = WORDS["on_error"].names.get(_text(document.get("on_error")) or "fail", "…")
            count = counted(len(rules), "column") if isinstance(rules, Mapping) else "…"
            return f"{count}, rows with a fault {ends}"
        case "sql":
            return _text(document.get("query"))
        case "flatten":
            return _names(document.get("columns")) or "every nested column"
    return ""


def _columns(document: Document) -> str:
    entries = [one for one in _list(document.get("columns")) if isinstance(one, Mapping)]
    left_out = sum(1 for one in entries if one.get("keep") is False)
    told = [
        f"{count:,} {what}"
        for what, count in (
            ("renamed", sum(1 for one in entries if one.get("name") and one.get("keep") is not False)),
            ("retyped", sum(1 for one in entries if one.get("dtype"))),
            ("placed", sum(1 for one in entries if one.get("change_order") is not None)),
            ("left out", left_out),
        )
        if count
    ]
    if document.get("rest") == "drop":
        told.insert(0, f"{counted(len(entries) - left_out, 'column')} kept")
    return ", ".join(told)


def _aggregate(one: Any) -> str:
    if not isinstance(one, Mapping):
        return "…"
    function = str(one.get("function", "…")).replace("_", " ")
    return "count of rows" if one.get("column") == "*" else f"{function} of {_text(one.get('column')) or '…'}"


def _names(value: Any) -> str:
    shown = [_text(one.get("column")) if isinstance(one, Mapping) else _text(one) for one in _list(value)]
    return ", ".join(shown)


def _list(value: Any) -> list[Any]:
    if isinstance(value, (str, Mapping)):
        return [value]
    return list(value) if isinstance(value, (list, tuple)) else []


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if value is not None else ""
