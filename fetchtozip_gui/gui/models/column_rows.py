"""The columns step of a recipe as the rows of a table, and back: places, names and what is wrong with them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fetchtozip_gui.engine.shelf import LONGEST_NAME, Input

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One column. `column` is how the recipe names it: its name in the source, or its place there."""

    column: str | int
    at: int | None
    """Its zero-based place in the source; null where the source has no such column, as far as is known."""
    original: str
    """Its name in the source; `column 3` where only the place is known."""
    name: str | None = None
    """Its new name; null keeps the old one, and an empty one is a fault."""
    keep: bool = True
    dtype: str | None = None
    format: str | None = None
    is_pinned: bool = False
    """Whether the recipe itself says its place in the result."""
    is_listed: bool = False
    """Whether the recipe says anything about it."""
    fault: str = ""
    """Why the recipe's words about it cannot be followed."""

    @property
    def called(self) -> str:
        """Its name in the result."""
        return self.original if self.name is None else self.name

    def renamed(self, name: str) -> Row:
        """With a new name, which is none where it is the source's."""
        return replace(self, name=None if name == self.original else name)

    def as_found(self) -> Row:
        """As the source has it; its place among the others stays."""
        return replace(self, name=None, keep=True, dtype=None, format=None, is_pinned=False)


def step_in(steps: Any) -> dict[str, Any] | None:
    """The step that the table edits: one of columns, directly after the source."""
    first = steps[0] if isinstance(steps, list) and steps else None
    return first if isinstance(first, dict) and first.get("type") == "columns" else None


def read(step: Document | None, names: Sequence[str]) -> list[Row]:
    """The rows in the sequence of the result; those that are left out stand behind their neighbour in the source."""
    drops_rest = step is not None and step.get("rest") == "drop"
    rows = [Row(name, at, name, keep=not drops_rest) for at, name in enumerate(names)]
    lost: list[Row] = []
    wanted: dict[int, int] = {}
    for entry in _entries(step):
        column = entry.get("column")
        at = _place(column, names, known=bool(names))
        if at is not None and at < len(rows) and not rows[at].is_listed:
            rows[at] = _listed(rows[at], column, entry)
            if rows[at].is_pinned and rows[at].keep:
                wanted[at] = entry["change_order"]
        else:
            lost.append(_lost(column, at, entry, names))
    return [*_in_places(rows, wanted), *lost]


def write(rows: Sequence[Row], before: Document | None) -> dict[str, Any] | None:
    """The step for these rows, null where it would change nothing; what else the step before said is kept."""
    rest = str((before or {}).get("rest", "keep"))
    kept = [row for row in rows if row.keep and row.at is not None]
    placed = _placed(kept)
    places = {row.at: place for place, row in enumerate(kept) if row.at in placed}
    entries = [
        entry
        for row in sorted(rows, key=lambda row: (row.at is None, row.at or 0))
        if (entry := _entry(row, places.get(row.at), rest)) is not None
    ]
    other = {key: value for key, value in (before or {}).items() if key not in ("type", "columns", "enabled")}
    if not entries and not other:
        return None
    return {"type": "columns", "columns": entries, **other}


def faults(rows: Sequence[Row]) -> dict[int, str]:
    """What is wrong, in words, by the row's number."""
    names = Counter(row.called for row in rows if row.keep)
    return {number: words for number, row in enumerate(rows) if (words := row.fault or _wrong(row, names))}


def inputs_of(rows: Sequence[Row]) -> tuple[Input, ...] | None:
    """The rows that the recipe speaks of, as scripts see them; null while they cannot be told to a script."""
    if any(row.at is None for row in rows) or faults(rows):
        return None
    # the list holds one input a name, and what is left out must not stand in the way of what took its name
    taken = {row.called for row in rows if row.keep}
    place = -1
    found: list[tuple[int, Input]] = []
    for row in rows:
        place += row.keep
        if row.at is None or not (row.is_listed or not row.keep):
            continue
        name = row.called
        while not row.keep and name in taken:
            name += " (left out)"
        taken.add(name)
        found.append((row.at, Input(name, row.at, place if row.is_pinned and row.keep else None, row.dtype, row.keep)))
    return tuple(item for _, item in sorted(found, key=lambda pair: pair[0]))


def step_of(inputs: Sequence[Input], before: Document | None, names: Sequence[str]) -> dict[str, Any] | None:
    """The step that does what scripts ask for; how texts are written is not theirs to say, and stays."""
    formats = {
        (_place(entry.get("column"), names, known=True), entry.get("dtype")): entry["format"]
        for entry in _entries(before)
        if entry.get("format")
    }
    entries = []
    for item in inputs:
        entry: dict[str, Any] = {"column": names[item.column] if item.column < len(names) else item.column}
        if not item.keep:
            entries.append({**entry, "keep": False})
            continue
        told = {
            "name": item.name if item.name != entry["column"] else None,
            "change_order": item.change_order,
            "dtype": item.dtype,
            "format": formats.get((item.column, item.dtype)),
        }
        entries.append({**entry, **{key: value for key, value in told.items() if value is not None}})
    note = {"note": before["note"]} if before and before.get("note") else {}
    return {"type": "columns", "columns": entries, **note} if entries else None


def moved(rows: Sequence[Row], chosen: Sequence[int], to: int) -> list[Row]:
    """The chosen rows, together and in their sequence, before the row that is now number `to`."""
    taken = sorted({number for number in chosen if 0 <= number < len(rows)})
    block = [rows[number] for number in taken]
    before = [row for number, row in enumerate(rows[:to]) if number not in taken]
    after = [row for number, row in enumerate(rows[to:], to) if number not in taken]
    return [*before, *block, *after]


# --- reading ----------------------------------------------------------------------------------------------------


def _entries(step: Document | None) -> list[dict[str, Any]]:
    columns = (step or {}).get("columns")
    return [entry for entry in columns if isinstance(entry, dict)] if isinstance(columns, list) else []


def _place(column: Any, names: Sequence[str], *, known: bool) -> int | None:
    if isinstance(column, int) and not isinstance(column, bool):
        return column if 0 <= column < len(names) or (not known and column >= 0) else None
    return names.index(column) if column in names else None


def _listed(row: Row, column: Any, entry: Document) -> Row:
    return replace(
        row,
        column=column,
        name=entry.get("name"),
        keep=entry.get("keep", True) is not False,
        dtype=entry.get("dtype"),
        format=entry.get("format"),
        is_pinned=isinstance(entry.get("change_order"), int),
        is_listed=True,
    )


def _lost(column: Any, at: int | None, entry: Document, names: Sequence[str]) -> Row:
    shown = f"column {column + 1}" if isinstance(column, int) else str(column)
    if not names:
        # nothing is known of the source yet, so nothing can be wrong
        return _listed(Row(column, at, shown), column, entry)
    of = column + 1 if isinstance(column, int) else column
    fault = f"Column {of} is named twice." if at is not None else f"The source has no column {of}."
    return replace(_listed(Row(column, None, shown), column, entry), fault=fault)


def _in_places(rows: Sequence[Row], wanted: Mapping[int, int]) -> list[Row]:
    """Rows with a place in it, the others in the places left; where two want one, the later one takes the next."""
    kept = [row for row in rows if row.keep]
    slots: list[Row | None] = [None] * len(kept)
    for row in sorted((row for row in kept if row.at in wanted), key=lambda row: wanted[row.at or 0]):
        asked = wanted[row.at or 0]
        place = next((free for free in range(asked, len(slots)) if slots[free] is None), None)
        if place is None:
            place = max(free for free in range(len(slots)) if slots[free] is None)
        slots[place] = row if place == asked else replace(row, fault=_no_place(asked, len(slots)))
    others = iter([row for row in kept if row.at not in wanted])
    found = [slot if slot is not None else next(others) for slot in slots]
    for row in rows:
        if not row.keep:
            behind = next((n for n, other in enumerate(found) if other.at == (row.at or 0) - 1), -1)
            found.insert(behind + 1, row)
    return found


def _no_place(asked: int, count: int) -> str:
    return f"Place {asked + 1} is taken." if asked < count else f"There is no place {asked + 1}; the last is {count}."


# --- writing ----------------------------------------------------------------------------------------------------


def _placed(kept: Sequence[Row]) -> set[int | None]:
    """The columns whose place has to be told: those that were told, and the fewest others that stand out of line."""
    free = [row.at or 0 for row in kept if not row.is_pinned]
    tails: list[int] = []
    ends: list[int] = []
    for at in free:
        length = bisect_left(tails, at)
        tails[length : length + 1] = [at]
        ends.append(length)
    line: set[int] = set()
    length = len(tails) - 1
    for at, end in zip(reversed(free), reversed(ends), strict=True):
        if end == length:
            line.add(at)
            length -= 1
    return {row.at for row in kept if row.is_pinned or row.at not in line}


def _entry(row: Row, place: int | None, rest: str) -> dict[str, Any] | None:
    if not row.keep:
        # with the rest, where that goes too
        return None if rest == "drop" and row.at is not None else {"column": row.column, "keep": False}
    values = {"name": row.name, "change_order": place, "dtype": row.dtype, "format": row.format if row.dtype else None}
    told = {key: value for key, value in values.items() if value is not None}
    return {"column": row.column, **told} if told or rest == "drop" else None


# --- what is wrong ----------------------------------------------------------------------------------------------


def _wrong(row: Row, names: Counter[str]) -> str:
    name = row.called
    if not row.keep:
        return ""
    if not isinstance(name, str) or not name.strip():
        return "The name is empty."
    if names[name] > 1:
        return f"{names[name]} columns would be called {name}."
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        return "The name holds a line break, a tab or another character that cannot be seen."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name):,} characters; at most {LONGEST_NAME:,} are allowed."
    return ""
