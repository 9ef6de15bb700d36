"""The operations of a process call as the steps of a recipe, each of which knows the operation it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from fetchtozip_gui.api.dialect import Unfit
from fetchtozip_gui.api.processing_models import AnalysisType, Operation
from fetchtozip_gui.core.outputs import FORMATS

FORMAT_WORDS = {**{name: name for name in FORMATS}, "excel": "xlsx"}
"""What a format may be called, and what it is."""
_STEP = re.compile(r"\bsteps\.(\d+)( \(\w+\))?(\.|: )?")
ALONE = -1
"""In place of an operation's number, where the whole request is one step: its fields are named as they are."""
_LOOKS = ("columns", "analysis_type", "method")


@dataclass(frozen=True, slots=True)
class Look:
    """An analyze operation: its place, how many steps come before it, and what it asks."""

    operation: int
    after: int
    analysis_type: AnalysisType
    columns: list[str] | None
    method: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`origins[n]` is the place of the operation that step n came from."""

    steps: tuple[dict[str, Any], ...]
    origins: tuple[int, ...]
    looks: tuple[Look, ...]
    format: str | None

    def reword(self, text: str) -> str:
        """A recipe's or a job's words with the operations' own places."""

        def place(found: re.Match[str]) -> str:
            number = int(found[1])
            if number >= len(self.origins):
                return found[0]
            if self.origins[number] == ALONE:
                return ""
            after = ".params." if found[3] == "." else found[3] or ""
            return f"operations.{self.origins[number]}{found[2] or ''}{after}"

        return _STEP.sub(place, text)


def plan(operations: Sequence[Operation]) -> Plan:
    """`Unfit` with 400 for what an operation does not know; the recipe checks the rest."""
    steps: list[dict[str, Any]] = []
    origins: list[int] = []
    looks: list[Look] = []
    asked = None
    for number, operation in enumerate(operations):
        at = f"operations.{number}.params"
        if "type" in operation.params:
            raise Unfit(400, f"{at}.type: the type stands beside `params`, not in it.")
        if operation.type == "analyze":
            looks.append(_look(operation.params, number, len(steps), at))
            continue
        if operation.type == "transform" and (word := operation.params.get("output_format")) is not None:
            asked = format_named(word, f"{at}.output_format")
        made = list(_MADE[operation.type](operation.params, at))
        steps += made
        origins += [number] * len(made)
    return Plan(tuple(steps), tuple(origins), tuple(looks), asked)


def format_named(word: object, at: str) -> str:
    """The format of this name; `Unfit` says which there are."""
    if not isinstance(word, str) or word.lower() not in FORMAT_WORDS:
        found = repr(word)[:80]
        raise Unfit(400, f"{at}: must be one of {', '.join(FORMAT_WORDS)}, found {found}.")
    return FORMAT_WORDS[word.lower()]


def _look(params: Mapping[str, Any], number: int, after: int, at: str) -> Look:
    _known(params, _LOOKS, at)
    kind = params.get("analysis_type", "descriptive")
    if kind not in get_args(AnalysisType):
        raise Unfit(400, f"{at}.analysis_type: must be one of {', '.join(get_args(AnalysisType))}, found {kind!r:.80}.")
    columns = params.get("columns")
    if columns is not None and not (isinstance(columns, list) and all(isinstance(name, str) for name in columns)):
        raise Unfit(400, f"{at}.columns: must be a list of names.")
    method = params.get("method")
    if method not in (None, "pearson", "spearman"):
        raise Unfit(400, f"{at}.method: must be pearson or spearman, found {method!r:.80}.")
    return Look(number, after, kind, columns, method)


def _known(params: Mapping[str, Any], names: Sequence[str], at: str) -> None:
    for name in params:
        if name not in names:
            raise Unfit(400, f"{at}.{name[:80]}: is not known here; allowed are {', '.join(names)}.")


def _same(kind: str, **defaults: Any) -> Callable[[Mapping[str, Any], str], Iterator[dict[str, Any]]]:
    def made(params: Mapping[str, Any], at: str) -> Iterator[dict[str, Any]]:
        yield {**defaults, **params, "type": kind}

    return made


def _filter(params: Mapping[str, Any], at: str) -> Iterator[dict[str, Any]]:
    named = {"where" if name == "condition" else name: value for name, value in params.items()}
    yield {**named, "type": "filter"}


def _sort(params: Mapping[str, Any], at: str) -> Iterator[dict[str, Any]]:
    """`descending` beside `by` is meant for all of its columns."""
    rest = {name: value for name, value in params.items() if name != "descending"}
    by = params.get("by")
    if "descending" in params and by is not None:
        keys = [{"column": key} if isinstance(key, str) else key for key in (by if isinstance(by, list) else [by])]
        rest["by"] = [{"descending": params["descending"], **key} if isinstance(key, dict) else key for key in keys]
    yield {**rest, "type": "sort"}


def _group(params: Mapping[str, Any], at: str) -> Iterator[dict[str, Any]]:
    """`aggregate` may be an object too: `{"price": "sum", "quantity": ["min", "max"]}`."""
    wanted = params.get("aggregate")
    if isinstance(wanted, dict):
        listed = [
            {"column": column, "function": function}
            for column, functions in wanted.items()
            for function in (functions if isinstance(functions, list) else [functions])
        ]
        params = {**params, "aggregate": listed}
    yield {**params, "type": "group"}


def _transform(params: Mapping[str, Any], at: str) -> Iterator[dict[str, Any]]:
    """In this order: flatten, derive, rename, select or columns."""
    _known(params, ("output_format", "flatten", "derive", "rename", "select", "columns", "rest"), at)
    if params.get("flatten"):
        yield {"type": "flatten"}
    for name, expression in _pairs(params, "derive", at):
        yield {"type": "derive", "name": name, "expression": expression}
    if renamed := list(_pairs(params, "rename", at)):
        yield {"type": "columns", "columns": [{"column": old, "name": new} for old, new in renamed]}
    selected = params.get("select")
    if selected is not None:
        if not isinstance(selected, list) or not selected:
            raise Unfit(400, f"{at}.select: must be a list of columns.")
        places = [{"column": column, "change_order": place} for place, column in enumerate(selected)]
        yield {"type": "columns", "columns": places, "rest": "drop"}
    if "columns" in params:
        rest = {"rest": params["rest"]} if "rest" in params else {}
        yield {"type": "columns", "columns": params["columns"], **rest}


def _pairs(params: Mapping[str, Any], name: str, at: str) -> Iterator[tuple[str, str]]:
    pairs = params.get(name) or {}
    if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
        raise Unfit(400, f"{at}.{name}: must be an object of texts.")
    yield from pairs.items()


_MADE: dict[str, Callable[[Mapping[str, Any], str], Iterator[dict[str, Any]]]] = {
    "clean": _same("clean"),
    "validate": _same("validate", on_error="report"),
    "sql": _same("sql"),
    "filter": _filter,
    "sort": _sort,
    "group": _group,
    "transform": _transform,
}
